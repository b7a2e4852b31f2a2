import { createMemoryHistory, createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { expect, it } from 'vitest'
import { parseBoard } from '../supervision/filters'
import { strictly } from './search'

it('lets nothing through that a page does not know', async () => {
  const root = createRootRoute()
  const board = createRoute({ getParentRoute: () => root, path: '/board', validateSearch: strictly(parseBoard) })
  const history = createMemoryHistory({ initialEntries: ['/board?tab=nonsense&level=red&other=1'] })
  const router = createRouter({ routeTree: root.addChildren([board]), history })
  await router.load()
  expect(JSON.parse(JSON.stringify(router.state.matches.at(-1)?.search))).toEqual({ level: 'red' })
})
