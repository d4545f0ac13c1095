import type { ReactNode } from 'react';
import { Content } from '@backstage/core-components';
import { styles } from '../components/styles';
import { MaintenanceNotice } from '../maintenance/MaintenanceNotice';
import { OperationsRoot } from './OperationsRoot';

const useStyles = styles('SubPage', theme => ({
  '@global': {
    // The header's tabs neither wrap nor scroll: with as many as ours the whole page would scroll
    // sideways on a phone.
    '.bui-PluginHeaderTabsWrapper': {
      [theme.breakpoints.down('sm')]: {
        overflowX: 'auto',
        '& .bui-Tab': { whiteSpace: 'nowrap' },
      },
    },
  },
}));

/**
 * A capability within the new frontend system's page, which draws header and tabs but gives no
 * padding.
 */
export function SubPage(props: { children: ReactNode }) {
  useStyles();
  return (
    <Content>
      <OperationsRoot>
        <MaintenanceNotice />
        {props.children}
      </OperationsRoot>
    </Content>
  );
}
