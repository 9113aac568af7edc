import { startJudge } from './judge.ts';
import { bookstoreSidecar, encodeMessages } from './bookstore-sidecar.ts';
console.time('start');
const judge = await startJudge(process.env['ENVOY_BIN']!);
console.timeEnd('start');
const c = encodeMessages(bookstoreSidecar());
console.time('1');
console.log(await judge.judge(c));
console.timeEnd('1');
const b = bookstoreSidecar();
b.route[0]!['virtual_hosts'][0].routes[0].match = { safe_regex: { regex: '(?=a)' } };
console.log(await judge.judge(encodeMessages(b)));
console.time('200');
for (let i = 0; i < 200; i++) { const v = await judge.judge(c); if (!v.accepted || v.warnings.length) { console.log(v); break; } }
console.timeEnd('200');
await judge.stop();
