/** The last branch of an exhaustive switch: a union that grows stops compiling here, not at T+50. */
export const assertNever = (value: never): never => {
  throw new Error(`Not handled: ${JSON.stringify(value)}`);
};
