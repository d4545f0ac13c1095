import { Sentence } from './log.mjs';

/**
 * The catalog reads its people after the backend is ready; whoever signs in earlier would belong
 * to no group. Asks as the guest, who is one of them.
 * @param {string} portalUrl
 * @param {number} timeoutMs
 */
export async function untilPeopleCanSignIn(portalUrl, timeoutMs) {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    const response = await fetch(`${portalUrl}/api/auth/guest/refresh`, {
      method: 'POST',
    });
    if (response.ok) {
      const { backstageIdentity } = await response.json();
      const { ownershipEntityRefs } = backstageIdentity.identity;
      if (ownershipEntityRefs.some(ref => ref.startsWith('group:'))) return;
    } else {
      await response.arrayBuffer();
    }
    await new Promise(resolve => setTimeout(resolve, 250));
  }
  throw new Sentence('The catalog did not read catalog/org.yaml in time.');
}
