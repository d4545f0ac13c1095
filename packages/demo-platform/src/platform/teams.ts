const ON_CALL = {
  finance: 'Finance on call',
  growth: 'Growth on call',
  data: 'Data on call',
  platform: 'Platform on call',
};

/** What the jobs of a team have in common: the owner, the runbook, and whom to page. */
export function ofTeam(team: keyof typeof ON_CALL, name: string) {
  return {
    name,
    owner: `group:default/${team}`,
    system: 'craft-easy',
    lifecycle: 'production',
    links: [
      {
        title: 'Runbook',
        url: `https://handbook.craft-easy.example/runbooks/${name}`,
      },
    ],
    onCall: {
      title: ON_CALL[team],
      url: `https://on-call.craft-easy.example/${team}`,
    },
  };
}

/** What the framework's built-in jobs have in common. */
export function builtIn(name: string) {
  return { ...ofTeam('platform', name), tags: ['built-in'] };
}
