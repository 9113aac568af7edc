import fc from 'fast-check';
import forge from 'node-forge';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { binary, encode, integer, octetString, parse, sequence, tagged, time } from '../../server/certificates/der.ts';

/** What DER says of an INTEGER, read without the code that's tested: its value, and whether it stands in the shortest form. */
function readInteger(der: Uint8Array): { readonly value: bigint; readonly shortest: boolean } {
  const [tag, length = 0, ...content] = der;
  assert.is(tag, 0x02);
  assert.is(content.length, length);
  const value = BigInt.asIntN(8 * length, BigInt(`0x${Buffer.from(content).toString('hex')}`));
  const [first = 0, second = 0] = content;
  const redundant = length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  return { value, shortest: !redundant };
}

test('any 128 bits are an INTEGER that is not negative, of that value, in the shortest form and at most 17 bytes', () => {
  const bytes = fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.constantFrom('00', '80', 'ff', '007f', '0080', '00'.repeat(16), 'ff'.repeat(16)).map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))));
  fc.assert(
    fc.property(bytes, (number) => {
      const der = encode(integer(number));
      const { value, shortest } = readInteger(der);
      assert.is(value, BigInt(`0x${Buffer.from(number).toString('hex')}`));
      assert.ok(shortest);
      assert.ok(der.length <= 2 + 17);
    }),
    { numRuns: 2000 },
  );
});

test('lengths of any size are read back, in the shortest form', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 100_000]) {
    const der = encode(sequence(octetString('x'.repeat(length))));
    const inner = length < 128 ? 2 : length < 256 ? 3 : length < 65_536 ? 4 : 5;
    const whole = length + inner;
    assert.is(der.length, whole + (whole < 128 ? 2 : whole < 256 ? 3 : whole < 65_536 ? 4 : 5));
    assert.ok(encode(parse(der)).equals(der));
  }
});

test('what is parsed is written as it was, whatever the bits of a BIT STRING look like', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const der = encode(sequence(forge.asn1.create(0, 3, false, `\0${binary(bytes)}`), tagged(6, 'spiffe://a/b')));
      assert.ok(encode(parse(der)).equals(der));
    }),
  );
});

test('times are those of OpenSSL: two digits of the year until 2049, four from then on', () => {
  const text = (at: number): string => encode(time(at)).subarray(2).toString('latin1');
  assert.is(text(Date.UTC(2024, 1, 29, 23, 59, 58)), '240229235958Z');
  assert.is(text(Date.UTC(2049, 11, 31, 23, 59, 59)), '491231235959Z');
  assert.is(text(Date.UTC(2050, 0, 1)), '20500101000000Z');
});

test.run();
