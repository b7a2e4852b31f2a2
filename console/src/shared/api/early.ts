/**
 * What the first page will ask for, asked while its code is still on the way. Each answer serves one request for the
 * same address in the same language; whatever is written meanwhile, or ten seconds, make it too old.
 */
const KEPT_MS = 10_000
const asked = new Map<string, { at: number; answer: Promise<Response> }>()

const keyOf = (url: string, language: string | null): string => `${language} ${url}`

/** Asks now; the answer waits for `early`. */
export function askEarly(path: string, language: string): Promise<Response> {
  const url = new URL(path, location.origin).href
  const answer = fetch(url, { headers: { 'Accept-Language': language } })
  asked.set(keyOf(url, language), { at: performance.now(), answer })
  return answer.then((response) => response.clone())
}

/** The answer that is already on its way for this request, if any; it is given away once. */
export function early(request: Request): Promise<Response> | undefined {
  if (request.method !== 'GET') {
    asked.clear()
    return undefined
  }
  const key = keyOf(request.url, request.headers.get('Accept-Language'))
  const found = asked.get(key)
  asked.delete(key)
  return found && performance.now() - found.at < KEPT_MS ? found.answer : undefined
}
