import type { ReactNode } from 'react';
import { Content } from '@backstage/core-components';
import { styles } from '../components/styles';
import { OperationsRoot } from './OperationsRoot';
import { useTabInView } from './useTabInView';

const useStyles = styles('PageContent', theme => ({
  // the header above has a margin of its own: the answer belongs close to its tabs
  content: { '&&': { paddingTop: theme.spacing(0.5) } },
  '@global': {
    // The header's tabs neither wrap nor scroll: on a phone, or with larger text, the whole page
    // would scroll sideways. So it would for the breadcrumb, whose entries have a width in pixels.
    '.bui-PluginHeaderTabsWrapper': {
      overflowX: 'auto',
      // the line below the chosen tab is a pixel below its edge
      paddingBottom: 1,
      '& .bui-Tab': { whiteSpace: 'nowrap' },
    },
    '.bui-PluginHeaderBreadcrumbs': {
      '& ol': { flexWrap: 'wrap', rowGap: 0 },
      '& ol li:not([data-current])': { minWidth: 0, maxWidth: '100%' },
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
