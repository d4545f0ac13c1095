import type { ReactNode } from 'react';
import { Content } from '@backstage/core-components';
import { OperationsRoot } from './OperationsRoot';

/** A capability within the new frontend system's page, which draws header and tabs but gives no padding. */
export function SubPage(props: { children: ReactNode }) {
  return (
    <Content>
      <OperationsRoot>{props.children}</OperationsRoot>
    </Content>
  );
}
