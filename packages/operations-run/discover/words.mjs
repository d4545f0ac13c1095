/** A word as a shell reads it. */
export function shellWord(word) {
  if (/^[\w@+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** What a wrapped command says of when it runs, and who runs it. */
export function scheduleArguments(job, settings) {
  const zone = job.timezone ?? settings.timezone;
  const by = settings.host ? `${job.firedBy} on ${settings.host}` : job.firedBy;
  const needsZone =
    job.schedule && !job.schedule.startsWith('every') && zone !== 'UTC';
  return [
    ...(job.schedule ? ['--schedule', job.schedule] : []),
    ...(needsZone ? ['--timezone', zone] : []),
    ...['--fired-by', by],
  ];
}
