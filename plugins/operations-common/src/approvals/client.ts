import type { OperationsClient } from '../client';
import type { Page } from '../lib';
import { IDEMPOTENCY_KEY_HEADER } from '../lib/headers';
import type {
  Approval,
  ApprovalResult,
  ApprovalRule,
  ApprovalsQuery,
} from './index';

/** The part of the API about actions that need a second person. @public */
export class ApprovalsClient {
  constructor(private readonly api: Pick<OperationsClient, 'get' | 'send'>) {}

  list(query: Partial<ApprovalsQuery> = {}): Promise<Page<Approval>> {
    return this.api.get('/approvals', query);
  }

  get(id: string): Promise<Approval> {
    return this.api.get(`/approvals/${encodeURIComponent(id)}`);
  }

  getRules(): Promise<{ items: ApprovalRule[] }> {
    return this.api.get('/approvals/rules');
  }

  /** @param verb - what to do with it; `approve` answers once the action is done */
  decide(
    id: string,
    verb: 'approve' | 'reject' | 'withdraw',
    reason: string,
    key: string,
  ): Promise<ApprovalResult> {
    return this.api.send(
      'POST',
      `/approvals/${encodeURIComponent(id)}/${verb}`,
      { reason },
      { [IDEMPOTENCY_KEY_HEADER]: key },
    );
  }
}
