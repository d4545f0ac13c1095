/** Whom to page, per team. */
export const ON_CALL = {
  finance: {
    title: 'Finance on call',
    url: 'https://on-call.craft-easy.example/finance',
  },
  growth: {
    title: 'Growth on call',
    url: 'https://on-call.craft-easy.example/growth',
  },
  data: {
    title: 'Data on call',
    url: 'https://on-call.craft-easy.example/data',
  },
  platform: {
    title: 'Platform on call',
    url: 'https://on-call.craft-easy.example/platform',
  },
};

/** Link to a job's runbook. */
export function runbook(job: string): { title: string; url: string } {
  return {
    title: 'Runbook',
    url: `https://handbook.craft-easy.example/runbooks/${job}`,
  };
}
