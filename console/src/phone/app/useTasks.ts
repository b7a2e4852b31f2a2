import { useQuery } from '@tanstack/react-query'
import { listTasks } from '@/shared/api/incidents'
import { isProblem } from '@/shared/api/problem'
import type { Task } from '@/shared/api/types'
import { keep, kept } from '../drafts/lock'
import type { Position } from './usePosition'

export interface TaskList {
  tasks: Task[]
  /** when the list was read; older than now where there is no network */
  at: number
  stale: boolean
}

/** My tasks from the server; without a network the last list that this account read. */
export function useTasks(owner: string, here: Position | null, sort: 'due' | 'distance') {
  return useQuery({
    queryKey: ['tasks', owner, sort, here?.lon, here?.lat],
    queryFn: () => load(owner, here, sort),
    refetchInterval: 20_000,
    networkMode: 'always',
  })
}

async function load(owner: string, here: Position | null, sort: 'due' | 'distance'): Promise<TaskList> {
  const name = `tasks ${owner}`
  try {
    const tasks = await listTasks({ lon: here?.lon, lat: here?.lat, sort })
    await keep(name, owner, tasks)
    return { tasks, at: Date.now(), stale: false }
  } catch (error) {
    const known = isProblem(error) && error.status === 0 ? await kept<Task[]>(name) : undefined
    if (known) return { tasks: known.value, at: known.at, stale: true }
    throw error
  }
}
