/**
 * An error is found by what all of its group have in common, not by how its first run said it: that
 * run may be of a tenant whose words are nobody else's business.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex('search_terms').where({ kind: 'error' }).delete();
  await knex.raw(
    `insert into search_terms (kind, term, value)
       select distinct 'error', lower(substr(message, 1, 300)), fingerprint
       from error_groups where tenant = ''`,
  );
};

/** The words of the first runs are not known any more. */
exports.down = async function down() {};
