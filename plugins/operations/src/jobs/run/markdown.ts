import {
  visibleText,
  type RunDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { absoluteTime, durationText } from '../../components/time';
import type { JobT } from '../messages';

/** A run as Markdown, for a ticket or a chat: what failed, when, for whom, and where to look. */
export function markdownOf(t: JobT, run: RunDetail, href: string): string {
  const facts: Array<[string, string | undefined]> = [
    [t('context.markdown.run'), code(run.id)],
    [t('runs.columns.tenant'), run.tenant && code(run.tenant)],
    [t('runs.columns.started'), run.startedAt && absoluteTime(run.startedAt)],
    [
      t('runs.columns.duration'),
      run.durationMs === undefined ? undefined : durationText(run.durationMs),
    ],
    [
      t('runs.columns.exit'),
      run.exitCode === undefined ? undefined : String(run.exitCode),
    ],
    [t('runs.columns.trigger'), t(`trigger.${run.trigger}`)],
  ];
  return [
    `**[${escaped(run.jobName)}](${href}): ${run.status}**`,
    '',
    ...facts
      .filter(([, value]) => value)
      .map(([name, value]) => `- ${name}: ${value}`),
    ...(run.errorMessage ? ['', fenced(run.errorMessage)] : []),
    '',
  ].join('\n');
}

/** Text of others is data: nothing in it becomes a link or a heading. */
function escaped(text: string): string {
  return visibleText(text).replace(/[\\`*_{}[\]()#+!|<>-]/g, '\\$&');
}

function code(text: string): string {
  return `\`${visibleText(text).replace(/`/g, "'")}\``;
}

/** A fence longer than any within the text. */
function fenced(text: string): string {
  const longest = Math.max(
    2,
    ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length),
  );
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${visibleText(text)}\n${fence}`;
}
