// The other side of ReferenceProcess.cs: one request per line in, one answer per line out.
//   {"expression": text, "input": text}              compiles, and answers the result
//   {"milliseconds": number, "fromBytes": boolean}   evaluates again and again for so long, and answers how often it did;
//                                                    from bytes it parses the input each time, otherwise once beforehand
'use strict';
const { createInterface } = require('node:readline');
const folder = process.argv[2];
const jsonata = require(require.resolve('jsonata', { paths: [folder] }));

let compiled;
let bytes;
let input;

async function load(request) {
  compiled = jsonata(request.expression);
  bytes = Buffer.from(request.input, 'utf8');
  input = JSON.parse(bytes);
  const result = await compiled.evaluate(input);
  return { result: result === undefined ? null : result };
}

async function repeatFromBytes(times) {
  for (let each = 0; each < times; each++) {
    await compiled.evaluate(JSON.parse(bytes));
  }
}

async function repeatFromValue(times) {
  for (let each = 0; each < times; each++) {
    await compiled.evaluate(input);
  }
}

async function measure(milliseconds, repeat) {
  let count = 0;
  let stride = 1;
  let elapsed = 0;
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  do {
    await repeat(stride);
    count += stride;
    elapsed = Number(process.hrtime.bigint() - start) / 1e6;
    if (elapsed < 1) {
      stride *= 2;
    }
  } while (elapsed < milliseconds);
  const used = process.cpuUsage(cpu);
  return { count, wall: elapsed / 1e3, cpu: (used.user + used.system) / 1e6 };
}

async function answer(request) {
  try {
    return 'expression' in request ? await load(request) : await measure(request.milliseconds, request.fromBytes ? repeatFromBytes : repeatFromValue);
  } catch (problem) {
    return { error: String(problem.message || problem) };
  }
}

const version = require(require.resolve('jsonata/package.json', { paths: [folder] })).version;
console.log(JSON.stringify({ name: `jsonata ${version} under Node ${process.versions.node}` }));

let last = Promise.resolve();
createInterface({ input: process.stdin }).on('line', line => {
  last = last.then(async () => console.log(JSON.stringify(await answer(JSON.parse(line)))));
});
