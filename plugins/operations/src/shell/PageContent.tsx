import type { ReactNode } from 'react';
import { Content } from '@backstage/core-components';
import { styles } from '../components/styles';
import { OperationsRoot } from './OperationsRoot';
import { useTabInView } from './useTabInView';

const useStyles = styles('PageContent', theme => ({
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
 * What is below the header of the new frontend system's page, which draws tabs but no padding.
 */
export function PageContent(props: { children: ReactNode }) {
  const classes = useStyles();
  useTabInView();
  return (
    <Content className={classes.content}>
      <OperationsRoot page>{props.children}</OperationsRoot>
    </Content>
  );
}
