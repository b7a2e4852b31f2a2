import { expect, it } from 'vitest'
import { agentWords } from './agent'

it('names browser and system, the special before the general', () => {
  expect(agentWords('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0')).toBe('Edge · Windows')
  expect(agentWords('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1')).toBe('Safari · iOS')
  expect(agentWords('Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0')).toBe('WeChat · Android')
  expect(agentWords('curl/8.5')).toBe('')
})
