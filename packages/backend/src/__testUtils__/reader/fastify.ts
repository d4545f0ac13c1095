import createFastify from 'fastify';

export const fastify = createFastify();
