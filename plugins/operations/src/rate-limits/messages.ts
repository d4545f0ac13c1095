import { createTranslationRef } from '@backstage/frontend-plugin-api';
import type { TFunction } from '../components/messages';

/** The words of the page of rate limits. */
export const rateLimitMessages = createTranslationRef({
  id: 'operations.rate-limits',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    title: 'Rate limits',
    headline: {
      none: 'No overrides',
      active_one: '{{count, number}} active override',
      active_other: '{{count, number}} active overrides',
      scheduled_one: '{{count, number}} scheduled',
      scheduled_other: '{{count, number}} scheduled',
      refused_one: '{{count, number}} tenant with refused requests',
      refused_other: '{{count, number}} tenants with refused requests',
    },
    search: {
      label: 'Search clients',
      placeholder: 'Tenant, address or network',
    },
    kinds: {
      tenant: 'tenant',
      ip: 'address',
      address: 'address',
      cidr: 'network',
    },
    quota: {
      perSecond: '{{limit, number}} per second',
      perMinute: '{{limit, number}} per minute',
      perHour: '{{limit, number}} per hour',
      per: '{{limit, number}} per {{duration}}',
      perWindow: '{{limit, number}} per window',
      unlimited: 'no limit',
    },
    overrides: {
      active: 'Active and scheduled overrides',
      past: 'Past overrides',
      failure: 'The overrides could not be loaded',
      noMatch: 'No overrides match these filters',
      client: 'Client',
      limit: 'Limit',
      change: '{{normal}} → {{limit}}',
      changeOf: '{{normal}} → {{limit}} of {{limiter}}',
      limitOf: '{{limit}} of {{limiter}}',
      begin: 'Override a limit',
      empty: 'No overrides',
      emptyText:
        'An override raises or lowers the limit of a tenant, an address or a network, and ends by itself.',
      emptyPast: 'None yet',
    },
    extend: {
      title: 'Extend the override for {{client}}',
      outcome: 'Override for {{client}} extended.',
    },
    end: {
      action: 'End now',
      named: 'End now: the override for {{client}}',
      title: 'End the override for {{client}}',
      effect:
        'Restores the normal limit of {{client}} within a second (now {{limit}}).',
      again: 'Ending it cannot be undone, but you can create a new override.',
      outcome: 'Override for {{client}} ended.',
    },
    usage: {
      title: 'Use now',
      aside: 'Most refused first',
      asideOf: '{{shown, number}} of {{n, number}}, most refused first',
      noMatch:
        'No match among the clients that are refused most ({{n, number}})',
      table: 'Use of the limits now',
      failure: 'The use of the limits could not be loaded',
      client: 'Client',
      others: 'All others',
      unknown: 'Unknown: addresses that cannot be read',
      normal: 'Normal limit',
      quotaOf: '{{quota}} ({{limiter}})',
      passed: 'Passed, 2 min',
      refused: 'Refused, 2 min',
      passedHour: 'Passed, 1 h',
      refusedHour: 'Refused, 1 h',
      empty: 'No requests counted in the last hour',
      emptyText: 'The limiters of the platform report by themselves.',
      override: 'Override',
      overrideOf: 'Override the limit of {{client}}',
    },
    dialog: {
      title: 'Override a limit',
      titleOf: 'Override the limit of {{client}}',
      button: 'Override',
      effect:
        'Limits {{client}} to {{limit}} on every machine within a second.',
      effectInstead:
        'Limits {{client}} to {{limit}} instead of {{normal}}, on every machine within a second.',
      effectUnlimited:
        'Lifts the limit of {{client}} on every machine within a second.',
      effectUnlimitedInstead:
        'Lifts the limit of {{client}}, normally {{normal}}, on every machine within a second.',
      effectUnknown: 'Takes effect on every machine within a second.',
      ends: 'Ends by itself at {{time}}, even if this portal is down. You can end it earlier.',
      endsUnknown:
        'Ends by itself, even if this portal is down. You can end it earlier.',
      outcome: '{{client}}: {{limit}} until {{time}}',
      outcomeLater:
        '{{client}}: {{limit}} until {{time}}, as soon as the Redis of the platform is back',
      client: {
        label: 'Tenant, address or network',
        example: 'Such as {{tenant}}, {{address}} or {{network}}',
        missing: 'Enter a tenant, an address or a network',
        notNetwork: 'Not a network, such as {{example}}',
        hostBits:
          'The address has bits set outside the prefix. Did you mean {{network}}?',
        tooLarge: 'Too large: the prefix must be at least /{{prefix}}',
        notIpv4: 'Not an IPv4 address',
        notIpv6: 'Not an IPv6 address',
        tenant: 'Tenant {{tenant}}',
        address: 'Address {{address}}',
        network_one:
          'Network {{network}}: {{count, number}} address, counted separately',
        network_other:
          'Network {{network}}: {{count, number}} addresses, each counted separately',
        largeNetwork:
          'Network {{network}}: 2^{{exponent}} addresses, each counted separately',
      },
      kind: {
        label: 'New limit',
        multiplier: 'Multiply by',
        fixed: 'Requests per window',
        unlimited: 'No limit',
      },
      factor: 'Factor',
      requests: 'Requests',
      wholeNumber: 'A whole number',
      positiveNumber: 'A number above 0',
      atMost: 'At most {{max, number}}',
      noEnd: 'Enter an end time',
      endPassed: 'Already in the past',
      endTooLate_one: 'At most {{count, number}} hour from now',
      endTooLate_other: 'At most {{count, number}} hours from now',
    },
    preview: {
      label: 'Preview on the last hour',
      failure: 'The last hour could not be loaded: {{reason}}',
      inForce:
        'An override is already active: {{limit}} until {{time}}. Extend it or end it.',
      none: 'No limiter of the platform counts such requests now.',
      figures:
        'Last hour, {{limiter}} ({{quota}}): {{passed, number}} passed, {{refused, number}} refused.',
      wouldPass_one:
        'With this limit, about {{count, number}} of those refused would have passed.',
      wouldPass_other:
        'With this limit, about {{count, number}} of those refused would have passed.',
      wouldBeRefused_one:
        'With this limit, about {{count, number}} of those that passed would have been refused.',
      wouldBeRefused_other:
        'With this limit, about {{count, number}} of those that passed would have been refused.',
      same: 'This limit would have made no difference.',
    },
  },
});

/** Says the words of rate limits. */
export type RateLimitT = TFunction<typeof rateLimitMessages>;
