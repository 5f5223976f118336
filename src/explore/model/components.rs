//! Strongly connected parts of a graph.

/// Returns the strongly connected components of a graph whose nodes are the numbers below `nodes`. The order of the
/// nodes in a component is not specified.
pub(super) fn components(
    nodes: usize,
    successors: impl Fn(usize) -> Vec<usize>,
) -> Vec<Vec<usize>> {
    let mut tarjan = Tarjan::new(nodes);
    for root in 0..nodes {
        tarjan.visit(root, &successors);
    }
    tarjan.parts
}

/// Tarjan's algorithm, without recursion.
struct Tarjan {
    next: usize,
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    parts: Vec<Vec<usize>>,
}

impl Tarjan {
    fn new(nodes: usize) -> Self {
        Self {
            next: 0,
            index: vec![None; nodes],
            low: vec![0; nodes],
            on_stack: vec![false; nodes],
            stack: Vec::new(),
            parts: Vec::new(),
        }
    }

    #[allow(clippy::indexing_slicing, reason = "every node is one of those that it was made for")]
    fn visit(&mut self, root: usize, successors: &impl Fn(usize) -> Vec<usize>) {
        if self.index[root].is_some() {
            return;
        }
        let mut calls = vec![(root, self.begin(root, successors))];
        while let Some((node, open)) = calls.last_mut() {
            let node = *node;
            match open.next() {
                Some(to) if self.index[to].is_none() => {
                    let open = self.begin(to, successors);
                    calls.push((to, open));
                }
                Some(to) => {
                    if let (true, Some(index)) = (self.on_stack[to], self.index[to]) {
                        self.low[node] = self.low[node].min(index);
                    }
                }
                None => {
                    calls.pop();
                    if let Some((before, _)) = calls.last() {
                        self.low[*before] = self.low[*before].min(self.low[node]);
                    }
                    if self.index[node] == Some(self.low[node]) {
                        self.end_part(node);
                    }
                }
            }
        }
    }

    #[allow(clippy::indexing_slicing, reason = "every node is one of those that it was made for")]
    fn begin(
        &mut self,
        node: usize,
        successors: &impl Fn(usize) -> Vec<usize>,
    ) -> std::vec::IntoIter<usize> {
        self.index[node] = Some(self.next);
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node);
        self.on_stack[node] = true;
        successors(node).into_iter()
    }

    #[allow(clippy::indexing_slicing, reason = "every node is one of those that it was made for")]
    fn end_part(&mut self, root: usize) {
        let mut part = Vec::new();
        while let Some(node) = self.stack.pop() {
            self.on_stack[node] = false;
            part.push(node);
            if node == root {
                break;
            }
        }
        self.parts.push(part);
    }
}
