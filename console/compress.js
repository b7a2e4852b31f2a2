import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

// Beside every text file of dist its compressed forms, made once here and not at every request; the server chooses.
const DIST = join(import.meta.dirname, 'dist')
const WORTH = /\.(js|css|html|svg|webmanifest)$/
const SMALLEST = 1024
const brotli = promisify(brotliCompress)
const gz = promisify(gzip)

async function squeeze(file) {
  const text = await readFile(file)
  if (text.length < SMALLEST) return
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
  const [small, older] = await Promise.all([brotli(text, { params }), gz(text, { level: 9 })])
  await Promise.all([writeFile(`${file}.br`, small), writeFile(`${file}.gz`, older)])
}

for (const name of await readdir(DIST, { recursive: true })) if (WORTH.test(name)) await squeeze(join(DIST, name))
