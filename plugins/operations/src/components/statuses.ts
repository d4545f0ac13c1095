import type { ComponentType } from 'react';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import type { WebhookState } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { RunStatus } from '@craft-easy/backstage-plugin-operations-common';
import AccessTime from '@material-ui/icons/AccessTime';
import Autorenew from '@material-ui/icons/Autorenew';
import Block from '@material-ui/icons/Block';
import CancelOutlined from '@material-ui/icons/CancelOutlined';
import CheckCircle from '@material-ui/icons/CheckCircle';
import DoneAll from '@material-ui/icons/DoneAll';
import ErrorIcon from '@material-ui/icons/Error';
import EventBusy from '@material-ui/icons/EventBusy';
import HelpOutline from '@material-ui/icons/HelpOutline';
import HourglassEmpty from '@material-ui/icons/HourglassEmpty';
import NotificationsOff from '@material-ui/icons/NotificationsOff';
import PanTool from '@material-ui/icons/PanTool';
import RemoveCircleOutline from '@material-ui/icons/RemoveCircleOutline';
import Replay from '@material-ui/icons/Replay';
import TimerOff from '@material-ui/icons/TimerOff';
import type { Tone } from './tones';

/** Every status of a chip, of all capabilities: each word has one look. */
export type StatusName =
  | RunStatus
  | WebhookState
  | ControlState
  | 'missed'
  | 'never';

/** The state of a control of the platform: an override, a flag, maintenance. */
export type ControlState =
  | 'scheduled'
  | 'active'
  | 'ended'
  | 'stale'
  | 'read-only'
  | 'offline';

/** How a bar of a status is filled, so that it can be recognised without colour. */
export type StatusPattern =
  | 'solid'
  | 'hatched'
  | 'crossed'
  | 'striped'
  | 'dotted'
  | 'hollow';

export interface StatusLook {
  word: string;
  tone: Tone;
  /** of statuses of runs, which are drawn as bars too */
  pattern?: StatusPattern;
  icon: ComponentType<SvgIconProps>;
  /** the tooltip: what the word means, in one line */
  meaning: string;
  /** the thing is under way: its icon turns */
  moving?: boolean;
}

/** The tones, patterns and icons of all statuses; the word of most is their own name. */
export const STATUSES: Record<
  StatusName,
  Omit<StatusLook, 'word'> & { word?: string }
> = {
  scheduled: {
    tone: 'neutral',
    icon: AccessTime,
    meaning: 'Has not begun yet',
  },
  active: {
    tone: 'busy',
    icon: CheckCircle,
    meaning: 'In force now; ends by itself',
  },
  ended: {
    tone: 'quiet',
    icon: DoneAll,
    meaning: 'Not in force any more',
  },
  stale: {
    tone: 'warn',
    icon: EventBusy,
    meaning: 'Was to be gone by now',
  },
  'read-only': {
    word: 'read-only',
    tone: 'warn',
    icon: PanTool,
    meaning: 'Reading works, changes do not',
  },
  offline: {
    tone: 'bad',
    icon: Block,
    meaning: 'Nothing passes but what is allowed',
  },
  queued: {
    tone: 'neutral',
    pattern: 'hollow',
    icon: HourglassEmpty,
    meaning: 'Waits for a worker',
  },
  running: {
    tone: 'busy',
    pattern: 'hollow',
    icon: Autorenew,
    meaning: 'A worker is on it',
    moving: true,
  },
  cancelling: {
    tone: 'warn',
    pattern: 'hollow',
    icon: CancelOutlined,
    meaning: 'Asked to stop; the worker has not said yet that it did',
    moving: true,
  },
  succeeded: {
    tone: 'good',
    pattern: 'solid',
    icon: CheckCircle,
    meaning: 'Ended as it should',
  },
  failed: {
    tone: 'bad',
    pattern: 'hatched',
    icon: ErrorIcon,
    meaning: 'Ended with an error',
  },
  cancelled: {
    tone: 'neutral',
    pattern: 'striped',
    icon: Block,
    meaning: 'Stopped because somebody asked for it',
  },
  'timed-out': {
    tone: 'bad',
    pattern: 'crossed',
    icon: TimerOff,
    meaning: 'Took longer than its time limit and was stopped',
  },
  lost: {
    tone: 'odd',
    pattern: 'dotted',
    icon: HelpOutline,
    meaning: 'Its worker died or fell silent; how far it came is not known',
  },
  refused: {
    tone: 'warn',
    pattern: 'striped',
    icon: PanTool,
    meaning: 'The worker would not run it: a rule of the job forbids it',
  },
  missed: {
    tone: 'bad',
    icon: EventBusy,
    meaning: 'Was due by its schedule, and did not run',
  },
  replaying: {
    tone: 'busy',
    icon: Replay,
    meaning: 'The platform has it, to send it again',
    moving: true,
  },
  'failed-again': {
    tone: 'bad',
    icon: ErrorIcon,
    meaning: 'Failed once more: in a replay, or after it was dealt with',
  },
  delivered: {
    tone: 'good',
    icon: CheckCircle,
    meaning: 'The receiver has accepted it',
  },
  suppressed: {
    tone: 'quiet',
    icon: NotificationsOff,
    meaning: 'On record, but kept out of the inbox',
  },
  handled: {
    tone: 'neutral',
    icon: DoneAll,
    meaning: 'Somebody has dealt with it; it comes back if it fails anew',
  },
  never: {
    word: 'never ran',
    tone: 'quiet',
    icon: RemoveCircleOutline,
    meaning: 'No run is known',
  },
};

/** The statuses of runs: those that are drawn as bars. */
export const RUN_STATUSES = Object.entries<Partial<StatusLook>>(STATUSES)
  .filter(([, look]) => look.pattern)
  .map(([status]) => status as RunStatus);

const UNKNOWN = {
  tone: 'neutral',
  icon: AccessTime,
  meaning: 'Not known to this version of the page',
} as const;

/** "out-of-order" → "out of order". */
export function wordOf(status: string): string {
  return status.replace(/-/g, ' ');
}

/** The look of a status, also of one that only a newer backend knows. */
export function statusLook(status: string): StatusLook {
  return {
    word: wordOf(status),
    ...(STATUSES[status as StatusName] ?? UNKNOWN),
  };
}
