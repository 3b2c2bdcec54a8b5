import fc from 'fast-check';

/** Numbers of every kind that a column can hold: ties, missing, infinite, huge, tiny. */
export const anyNumbers = fc.array(
  fc.oneof(
    fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1, 1, 1, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE),
    fc.double(),
    fc.integer({ min: -3, max: 3 }),
  ),
  { maxLength: 60 },
);

export const anyText = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c', '', null), fc.string({ maxLength: 2 })), {
  maxLength: 60,
});
