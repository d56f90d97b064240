// Works out the sum a form carries under flood: a number whose SHA-256 behind the mark begins with enough zero bits.
// Written out here because a page over plain http has no crypto.subtle. A form sent meanwhile goes out when it is done.
const primes = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
const fraction = (x) => (x - Math.floor(x)) * 2 ** 32;
const K = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)) | 0);
const START = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)) | 0);
const hash = new Int32Array(8), w = new Int32Array(64);

// Of letters, digits and dots only, as marks and numbers are.
export function sha256(text) {
  const length = text.length, blocks = (length + 8 >> 6) + 1;
  hash.set(START);
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < 16; i++) {
      let word = 0;
      for (let at = block * 64 + i * 4, end = at + 4; at < end; at++) {
        word = word << 8 | (at < length ? text.charCodeAt(at) : at === length ? 128 : 0);
      }
      w[i] = word;
    }
    if (block === blocks - 1) w[15] = length * 8;
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3)
        + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10) | 0;
    }
    let a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4], f = hash[5], g = hash[6], h = hash[7];
    for (let i = 0; i < 64; i++) {
      const t = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + w[i] | 0;
      const u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
      h = g; g = f; f = e; e = d + t | 0; d = c; c = b; b = a; a = t + u | 0;
    }
    hash[0] += a; hash[1] += b; hash[2] += c; hash[3] += d; hash[4] += e; hash[5] += f; hash[6] += g; hash[7] += h;
  }
  return hash;
}

export function bind(part) {
  const mark = part.querySelector("[name=puzzle]"), answer = part.querySelector("[name=puzzle_answer]");
  const form = part.closest("form");
  let number = 0, waiting = null;
  if (!form) return;

  form.addEventListener("submit", (event) => {
    if (answer.value) return;
    event.preventDefault();
    waiting = { button: event.submitter };
  });
  (function work() {
    for (let i = 0; i < 2000; i++, number++) {
      if (sha256(`${mark.value}:${number}`)[0] >>> (32 - part.dataset.bits) === 0) {
        answer.value = number;
        if (waiting) form.requestSubmit(waiting.button);
        return;
      }
    }
    setTimeout(work);
  })();
}
