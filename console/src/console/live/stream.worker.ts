/// <reference lib="webworker" />
import { makeHub } from './hub'

const scope = self as unknown as SharedWorkerGlobalScope
const hub = makeHub()

scope.onconnect = (event) => {
  const port = event.ports[0]
  if (!port) return
  port.onmessage = (message: MessageEvent<'restart' | 'bye'>) => hub.heard(port, message.data)
  hub.join(port)
}
