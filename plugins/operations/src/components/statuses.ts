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
import type { CommonT } from './messages';
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
  tone: Tone;
  /** of statuses of runs, which are drawn as bars too */
  pattern?: StatusPattern;
  icon: ComponentType<SvgIconProps>;
  /** the thing is under way: its icon turns */
  moving?: boolean;
}

/** The tones, patterns and icons of all statuses. */
export const STATUSES: Record<StatusName, StatusLook> = {
  scheduled: {
    tone: 'neutral',
    icon: AccessTime,
  },
  active: {
    tone: 'busy',
    icon: CheckCircle,
  },
  ended: {
    tone: 'quiet',
    icon: DoneAll,
  },
  stale: {
    tone: 'warn',
    icon: EventBusy,
  },
  'read-only': {
    tone: 'warn',
    icon: PanTool,
  },
  offline: {
    tone: 'bad',
    icon: Block,
  },
  queued: {
    tone: 'neutral',
    pattern: 'hollow',
    icon: HourglassEmpty,
  },
  running: {
    tone: 'busy',
    pattern: 'hollow',
    icon: Autorenew,
    moving: true,
  },
  cancelling: {
    tone: 'warn',
    pattern: 'hollow',
    icon: CancelOutlined,
    moving: true,
  },
  succeeded: {
    tone: 'good',
    pattern: 'solid',
    icon: CheckCircle,
  },
  failed: {
    tone: 'bad',
    pattern: 'hatched',
    icon: ErrorIcon,
  },
  cancelled: {
    tone: 'neutral',
    pattern: 'striped',
    icon: Block,
  },
  'timed-out': {
    tone: 'bad',
    pattern: 'crossed',
    icon: TimerOff,
  },
  lost: {
    tone: 'odd',
    pattern: 'dotted',
    icon: HelpOutline,
  },
  refused: {
    tone: 'warn',
    pattern: 'striped',
    icon: PanTool,
  },
  missed: {
    tone: 'bad',
    icon: EventBusy,
  },
  replaying: {
    tone: 'busy',
    icon: Replay,
    moving: true,
  },
  'failed-again': {
    tone: 'bad',
    icon: ErrorIcon,
  },
  delivered: {
    tone: 'good',
    icon: CheckCircle,
  },
  suppressed: {
    tone: 'quiet',
    icon: NotificationsOff,
  },
  handled: {
    tone: 'neutral',
    icon: DoneAll,
  },
  never: {
    tone: 'quiet',
    icon: RemoveCircleOutline,
  },
};

/** The statuses of runs: those that are drawn as bars. */
export const RUN_STATUSES = Object.entries(STATUSES)
  .filter(([, look]) => look.pattern)
  .map(([status]) => status as RunStatus);

const UNKNOWN = { tone: 'neutral', icon: AccessTime } as const;

/** The look of a status, also of one that only a newer backend knows. */
export function statusLook(status: string): StatusLook {
  return isKnown(status) ? STATUSES[status] : UNKNOWN;
}

/** The word of a status; that of one which only a newer backend knows is its name. */
export function statusWord(t: CommonT, status: string): string {
  return isKnown(status) ? t(`status.${status}.word`) : wordOf(status);
}

/** What a status means, in one line. */
export function statusMeaning(t: CommonT, status: string): string {
  return isKnown(status) ? t(`status.${status}.meaning`) : t('status.unknown');
}

function isKnown(status: string): status is StatusName {
  return Object.hasOwn(STATUSES, status);
}

/** The name of something that has no word here: "out-of-order" → "out of order". */
export function wordOf(name: string): string {
  return name.replace(/-/g, ' ');
}
