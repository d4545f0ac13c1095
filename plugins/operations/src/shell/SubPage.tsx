import type { ReactNode } from 'react';
import { Content } from '@backstage/core-components';
import { styles } from '../components/styles';
import type { Capability } from './capabilities';
import { CapabilityPage } from './CapabilityPage';
import { OperationsRoot } from './OperationsRoot';
import { useTabInView } from './useTabInView';

const useStyles = styles('SubPage', theme => ({
  // the header above has a margin of its own: the answer belongs close to its tabs
  content: { '&&': { paddingTop: theme.spacing(0.5) } },
  '@global': {
    // The header's tabs neither wrap nor scroll: on a phone the whole page would scroll sideways.
    '.bui-PluginHeaderTabsWrapper': {
      [theme.breakpoints.down('sm')]: {
        overflowX: 'auto',
        '& .bui-Tab': { whiteSpace: 'nowrap' },
      },
    },
  },
}));

/**
 * A capability within the page of the new frontend system, which draws header and tabs but no
 * padding.
 */
export function SubPage(props: {
  capability: Capability;
  children: ReactNode;
}) {
  const classes = useStyles();
  useTabInView();
  return (
    <Content className={classes.content}>
      <OperationsRoot page>
        <CapabilityPage capability={props.capability}>
          {props.children}
        </CapabilityPage>
      </OperationsRoot>
    </Content>
  );
}
