import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksum } from '#dist/loader/checksum.js';
const bytes = (length) => Uint8Array.from({ length }, (_, i) => (i * 31) ^ (i >> 3));
test('a checksum changes with every bit, with the length and with the seed', () => {
    for (const length of [0, 1, 3, 4, 15, 16, 17, 64, 83]) {
        const others = [checksum(bytes(length), 1), checksum(bytes(length + 1))];
        for (let bit = 0; bit < length * 8; bit++) {
            const damaged = bytes(length);
            damaged[bit >> 3] ^= 1 << (bit & 7);
            others.push(checksum(damaged));
        }
        assert.ok(!others.includes(checksum(bytes(length))), String(length));
    }
});
test('a checksum is the same wherever the bytes lie', () => {
    const room = new Uint8Array(200);
    for (let at = 0; at < 5; at++) {
        room.set(bytes(99), at);
        assert.equal(checksum(room.subarray(at, at + 99)), checksum(bytes(99)));
    }
});
//# sourceMappingURL=checksum.test.js.map