/** Every process with breakers shows them under one name, with the dependency, the customer where it is one customer's, and the process as `part`. */
export const BREAKER_OPEN = {
  name: 'golive_breaker_open',
  help: '1 while a dependency that does not answer is not asked, else 0',
} as const;
