export async function listTenants(): Promise<string[]> {
  return ['acme'];
}
