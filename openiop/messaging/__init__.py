"""How people are reached and what is to be done: contact points with their safe-to choices, the
outbox, the worklist of staff tasks, the on-call rota and alerts, incidents.

Knows records by number only; must not know patients, programs or charts."""
