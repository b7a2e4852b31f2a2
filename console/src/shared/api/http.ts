import createClient from 'openapi-fetch'
import { early } from './early'
import { Problem, problemOf } from './problem'

export type Query = Record<string, string | number | boolean | null | undefined>

interface Options {
  query?: Query
  body?: unknown
  /** makes a repeated POST harmless: same key, same answer */
  idempotencyKey?: string
  signal?: AbortSignal
}

type Method = 'get' | 'post' | 'put' | 'delete'
interface Answer {
  data?: unknown
  error?: unknown
  response: Response
}
type Transport = { request: (method: Method, path: string, init: unknown) => Promise<Answer> }

const client = createClient({
  baseUrl: typeof location === 'undefined' ? '' : location.origin,
  fetch: (request: Request) => early(request) ?? globalThis.fetch(request),
}) as unknown as Transport

let language = 'zh'
export const setRequestLanguage = (value: string): void => void (language = value)

async function request<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { 'Accept-Language': language }
  if (method !== 'get') headers['X-Chengyun'] = '1'
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey
  const multipart = options.body instanceof FormData
  const init = {
    headers,
    params: { query: clean(options.query) },
    body: options.body,
    signal: options.signal,
    ...(multipart ? { bodySerializer: (body: unknown) => body } : {}),
  }
  let answer: Answer
  try {
    answer = await client.request(method, path, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem({ status: 0, code: 'network', title: '', detail: '' })
  }
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error)
  return answer.data as T
}

function clean(query: Query = {}): Record<string, string> {
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return Object.fromEntries(kept.map(([key, value]) => [key, String(value)]))
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  request<T>('get', path, { query, signal })
export const post = <T>(path: string, body?: unknown, options: Omit<Options, 'body'> = {}): Promise<T> =>
  request<T>('post', path, { ...options, body: body ?? {} })
export const put = <T>(path: string, body: unknown): Promise<T> => request<T>('put', path, { body })
export const del = <T>(path: string): Promise<T> => request<T>('delete', path)

/** Sends a form whose way to the server can take a while; `told` hears which share of it has been sent. */
export function send<T>(path: string, form: FormData, told: (share: number) => void): Promise<T> {
  return new Promise((settle, fail) => {
    const request = new XMLHttpRequest()
    request.open('POST', path)
    request.responseType = 'json'
    request.setRequestHeader('Accept-Language', language)
    request.setRequestHeader('X-Chengyun', '1')
    request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total)
    request.onload = () => (request.status < 300 ? settle(request.response as T) : fail(problemOf(request.status, request.response)))
    request.onerror = () => fail(new Problem({ status: 0, code: 'network', title: '', detail: '' }))
    request.send(form)
  })
}

/** A random key for one act of a person; works on plain http too, where `randomUUID` does not exist. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
