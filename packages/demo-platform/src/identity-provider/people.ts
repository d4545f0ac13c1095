/** Somebody who may sign in; made up, as are their addresses. */
export interface Person {
  id: string;
  name: string;
  email: string;
  about: string;
}

function person(id: string, name: string, about: string): Person {
  return { id, name, email: `${id}@craft-easy.example`, about };
}

export const PEOPLE: Person[] = [
  person('vera.viewer', 'Vera Viewer', 'sees everything, changes nothing'),
  person('oskar.operator', 'Oskar Operator', 'runs, cancels and retries jobs'),
  person('ada.admin', 'Ada Admin', 'may do everything'),
  person('alva.admin', 'Alva Admin', 'approves what Ada may not do alone'),
  person('fia.finance', 'Fia Finance', 'runs the jobs of finance'),
  person('tim.tenant', 'Tim Tenant', 'sees one tenant, Nordic Gym'),
];
