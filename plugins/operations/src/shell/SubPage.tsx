import type { ReactNode } from 'react';
import { Content } from '@backstage/core-components';
import { styles } from '../components/styles';
import { MaintenanceNotice } from '../maintenance/MaintenanceNotice';
import type { PageName } from '../links';
import { OperationsRoot } from './OperationsRoot';
import { TitledPage } from './TitledPage';

const useStyles = styles('SubPage', theme => ({
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
export function SubPage(props: { page: PageName; children: ReactNode }) {
  useStyles();
  return (
    <Content>
      <OperationsRoot>
        <MaintenanceNotice />
        <TitledPage page={props.page}>{props.children}</TitledPage>
      </OperationsRoot>
    </Content>
  );
}
