import { useTranslationRef } from '@backstage/frontend-plugin-api';
import IconButton from '@material-ui/core/IconButton';
import InputBase from '@material-ui/core/InputBase';
import Tooltip from '@material-ui/core/Tooltip';
import AccessTime from '@material-ui/icons/AccessTime';
import ErrorOutline from '@material-ui/icons/ErrorOutline';
import FileCopyOutlined from '@material-ui/icons/FileCopyOutlined';
import GetApp from '@material-ui/icons/GetApp';
import KeyboardArrowDown from '@material-ui/icons/KeyboardArrowDown';
import KeyboardArrowUp from '@material-ui/icons/KeyboardArrowUp';
import WrapText from '@material-ui/icons/WrapText';
import type { ReactElement } from 'react';
import { useLogStyles } from './styles';
import { jobMessages } from '../messages';

/** What the viewer shows of a log. */
export interface LogView {
  needle: string;
  onlyErrors: boolean;
  wrap: boolean;
  times: boolean;
}

const SWITCHES = [
  ['onlyErrors', <ErrorOutline />],
  ['wrap', <WrapText />],
  ['times', <AccessTime />],
] as const;

/** The search and the switches of the log. */
export function LogToolbar(props: {
  view: LogView;
  onView: (patch: Partial<LogView>) => void;
  /** "3 of 17", "no match" */
  hitText: string;
  onStep: (step: 1 | -1) => void;
  onCopy: () => void;
  onDownload: () => void;
}) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useLogStyles();
  const { view, onView } = props;
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={t('log.label')}>
      <InputBase
        className={classes.search}
        placeholder={t('log.search')}
        value={view.needle}
        inputProps={{ 'aria-label': t('log.search'), role: 'searchbox' }}
        onChange={event => onView({ needle: event.target.value })}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            props.onStep(event.shiftKey ? -1 : 1);
          }
          if (event.key === 'Escape' && view.needle) {
            // clears the search rather than closing the drawer around it
            event.stopPropagation();
            onView({ needle: '' });
          }
        }}
      />
      {view.needle && (
        <>
          <span className={classes.hits} role="status">
            {props.hitText}
          </span>
          <Tool
            label={t('log.previous')}
            icon={<KeyboardArrowUp />}
            onClick={() => props.onStep(-1)}
          />
          <Tool
            label={t('log.next')}
            icon={<KeyboardArrowDown />}
            onClick={() => props.onStep(1)}
          />
        </>
      )}
      {SWITCHES.map(([name, icon]) => (
        <Tool
          key={name}
          label={t(`log.${name}`)}
          icon={icon}
          pressed={view[name]}
          onClick={() => onView({ [name]: !view[name] })}
        />
      ))}
      <Tool
        label={t('log.copy')}
        icon={<FileCopyOutlined />}
        onClick={props.onCopy}
      />
      <Tool
        label={t('log.download')}
        icon={<GetApp />}
        onClick={props.onDownload}
      />
    </div>
  );
}

function Tool(props: {
  label: string;
  icon: ReactElement;
  pressed?: boolean;
  onClick: () => void;
}) {
  return (
    <Tooltip title={props.label}>
      <IconButton
        size="small"
        aria-label={props.label}
        aria-pressed={props.pressed}
        color={props.pressed ? 'primary' : 'default'}
        onClick={props.onClick}
      >
        {props.icon}
      </IconButton>
    </Tooltip>
  );
}
