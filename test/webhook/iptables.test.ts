import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { iptablesRules } from '../../webhook/iptables.ts';

// The exact text: what an init container runs as root is not to change unnoticed.
const plain = `*nat
:PROXY_INBOUND - [0:0]
:PROXY_IN_REDIRECT - [0:0]
:PROXY_OUTBOUND - [0:0]
:PROXY_OUT_REDIRECT - [0:0]
-A PROXY_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15003
-A PREROUTING -p tcp -j PROXY_INBOUND
-A PROXY_INBOUND -p tcp --dport 15010 -j RETURN
-A PROXY_INBOUND -p tcp --dport 15901 -j RETURN
-A PROXY_INBOUND -p tcp --dport 15902 -j RETURN
-A PROXY_INBOUND -p tcp --dport 15903 -j RETURN
-A PROXY_INBOUND -p tcp -j PROXY_IN_REDIRECT
-A PROXY_OUT_REDIRECT -p tcp -j REDIRECT --to-ports 15001
-A OUTPUT -p tcp -j PROXY_OUTBOUND
-A PROXY_OUTBOUND -o lo ! -d 127.0.0.1/32 -m owner --uid-owner 1500 -j PROXY_IN_REDIRECT
-A PROXY_OUTBOUND -o lo -m owner ! --uid-owner 1500 -j RETURN
-A PROXY_OUTBOUND -m owner --uid-owner 1500 -j RETURN
-A PROXY_OUTBOUND -d 127.0.0.1/32 -j RETURN
-A PROXY_OUTBOUND -j PROXY_OUT_REDIRECT
COMMIT
`;

const refusedIPv6 = `*filter
-A INPUT ! -i lo -p tcp -j REJECT --reject-with tcp-reset
-A OUTPUT ! -o lo -p tcp -j REJECT --reject-with tcp-reset
COMMIT
`;

function lines(text: string, chain: string): readonly string[] {
  return text.split('\n').filter((line) => line.includes(`-A ${chain} `));
}

test('IPv4 is redirected; IPv6, which the mesh has not, is refused', () => {
  assert.equal(iptablesRules({ ipv6: false }), { v4: plain, v6: refusedIPv6 });
});

test('IPv6 is redirected as IPv4 is, where the mesh has it', () => {
  const { v4, v6 } = iptablesRules({ ipv6: true });
  assert.is(v4, plain);
  assert.is(v6, plain.replaceAll('127.0.0.1/32', '::1/128'));
});

test('exclusions stand before the redirection, each range in its own family', () => {
  const { v4, v6 } = iptablesRules({
    ipv6: true,
    excludedInboundPorts: [9090],
    excludedOutboundPorts: [6379, 443, 443],
    excludedOutboundRanges: ['fd00:1::/64', '10.1.0.0/16', '10.1.0.0/16'],
    excludedInterfaces: ['net1'],
  });
  assert.equal(lines(v4, 'PROXY_OUTBOUND').slice(4), [
    '-A PROXY_OUTBOUND -o net1 -j RETURN',
    '-A PROXY_OUTBOUND -d 10.1.0.0/16 -j RETURN',
    '-A PROXY_OUTBOUND -p tcp -m multiport --dports 443,6379 -j RETURN',
    '-A PROXY_OUTBOUND -j PROXY_OUT_REDIRECT',
  ]);
  assert.equal(lines(v4, 'PROXY_INBOUND').filter((line) => /net1|9090/.test(line)), [
    '-A PROXY_INBOUND -i net1 -j RETURN',
    '-A PROXY_INBOUND -p tcp --dport 9090 -j RETURN',
  ]);
  assert.is(lines(v4, 'PROXY_INBOUND').at(-1), '-A PROXY_INBOUND -p tcp -j PROXY_IN_REDIRECT');
  assert.match(v6, '-A PROXY_OUTBOUND -d fd00:1::/64 -j RETURN');
  assert.not.match(v6, '10.1.0.0');
  assert.not.match(v4, 'fd00');
});

test('exclusions do not reopen IPv6 where it is refused', () => {
  const { v6 } = iptablesRules({ ipv6: false, excludedOutboundPorts: [443], excludedOutboundRanges: ['fd00::/8'], excludedInboundPorts: [1] });
  assert.is(v6, refusedIPv6);
});

test('an inclusion list redirects its ranges and nothing else', () => {
  const { v4, v6 } = iptablesRules({ ipv6: true, includedOutboundRanges: ['10.96.0.0/12'], excludedOutboundPorts: [443] });
  assert.equal(lines(v4, 'PROXY_OUTBOUND').slice(4), [
    '-A PROXY_OUTBOUND -p tcp --dport 443 -j RETURN',
    '-A PROXY_OUTBOUND -d 10.96.0.0/12 -j PROXY_OUT_REDIRECT',
  ]);
  assert.not.match(v6, '-j PROXY_OUT_REDIRECT');
});

test('more ports than one rule takes become several rules', () => {
  const ports = Array.from({ length: 31 }, (_, index) => 2000 + index);
  const rules = lines(iptablesRules({ ipv6: false, excludedOutboundPorts: ports }).v4, 'PROXY_OUTBOUND').filter((line) => line.includes('--dport'));
  assert.equal(rules.map((rule) => rule.split(',').length), [15, 15, 1]);
  assert.match(rules[2] ?? '', '--dport 2030 ');
});

test("an application on its pod's address only gets what the sidecar sends to the loopback address", () => {
  const { v4, v6 } = iptablesRules({ ipv6: true, podAddresses: ['10.244.1.7', 'fd00::7'] });
  assert.match(v4, '-I OUTPUT -p tcp -o lo -d 127.0.0.1/32 -m owner --uid-owner 1500 -j DNAT --to-destination 10.244.1.7\nCOMMIT');
  assert.match(v6, '--to-destination [fd00::7]\nCOMMIT');
});

for (const [what, options] of Object.entries({
  'port 0': { excludedInboundPorts: [0] },
  'port 70000': { excludedOutboundPorts: [70_000] },
  'a port that is no number': { excludedOutboundPorts: [Number.NaN] },
  'a range that is none': { excludedOutboundRanges: ['10.0.0.0/33'] },
  'a range with more behind it': { includedOutboundRanges: ['10.0.0.0/8 -j ACCEPT'] },
  'a second line in a range': { excludedOutboundRanges: ['10.0.0.0/8\n-P INPUT ACCEPT'] },
  'an interface that is an option': { excludedInterfaces: ['-j'] },
  'an interface with a space': { excludedInterfaces: ['eth0 -j ACCEPT'] },
  'an interface with a long name': { excludedInterfaces: ['a'.repeat(16)] },
  'an address that is a range': { podAddresses: ['10.0.0.0/8'] },
  'root as the sidecar': { proxyUser: 0 },
})) {
  test(`${what} is refused`, () => {
    assert.throws(() => iptablesRules({ ipv6: true, ...options }), (error: unknown) => error instanceof TypeError);
  });
}

test.run();
