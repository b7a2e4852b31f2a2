import type { HtmlTagDescriptor, Plugin, Rollup } from 'vite'

/**
 * The page's first script is small and imports the rest (`start`), which the browser would only hear of when that
 * script runs: it is named in the page too.
 */
export function preloaded(module: string): Plugin {
  return {
    name: 'preloaded',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((item): item is Rollup.OutputChunk => item.type === 'chunk')
        const start = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(module) || chunk.moduleIds.some((id) => id.endsWith(module)))
        if (!start) throw new Error(`no chunk holds ${module}`)
        const names = new Set<string>()
        const walk = (name: string): void => {
          const chunk = bundle[name]
          if (names.has(name) || chunk?.type !== 'chunk') return
          names.add(name)
          chunk.imports.forEach(walk)
        }
        walk(start.fileName)
        return [...names].filter((name) => !html.includes(name)).map((name): HtmlTagDescriptor => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `/${name}` },
          injectTo: 'head',
        }))
      },
    },
  }
}
