/**
 * What this process knows of the slots of one job, whatever Redis says of them later. It only ever
 * moves on to newer slots, and holds the tenants of the newest one: its size has a bound.
 */
export class SlotMemory {
  private newest = 0;
  /** Whose runs of the newest slot were claimed here; `''`: the slot itself. */
  private readonly claimed = new Set<string>();
  /** Whether the newest slot was known here while it was due. */
  private sawDispatch = false;

  /** Whether a newer slot is known to be claimed: this one can start no more. */
  isPast(slot: number): boolean {
    return slot < this.newest;
  }

  /** Whether a run of this slot was claimed here before. */
  hasClaimed(slot: number, tenant: string): boolean {
    return slot === this.newest && this.claimed.has(tenant);
  }

  /** Whether this is the newest slot, and was known here to be dispatched while it was due. */
  isDispatched(slot: number): boolean {
    return slot === this.newest && this.sawDispatch;
  }

  /**
   * Notes that a slot is claimed, by whichever process.
   * @param isDue - whether it is the slot that is due now
   */
  note(slot: number, isDue: boolean): void {
    if (slot > this.newest) {
      this.newest = slot;
      this.claimed.clear();
      this.sawDispatch = false;
    }
    if (slot === this.newest) {
      this.claimed.add('');
      this.sawDispatch ||= isDue;
    }
  }

  /** Notes that this process claims a run of a slot. */
  claim(slot: number, tenant: string): void {
    this.note(slot, true);
    this.claimed.add(tenant);
  }
}
