import { Skeleton } from 'antd'

export const PeekWait = () => (
  <aside className="peek" data-testid="peek">
    <Skeleton active title={false} paragraph={{ rows: 8 }} />
  </aside>
)
