"""networkx computes shortest paths and betweenness."""
import networkx as nx
g = nx.karate_club_graph()
print(dict(nx.all_pairs_shortest_path_length(g))[0])
print(sorted((round(v, 12), k) for k, v in nx.betweenness_centrality(g).items()))
r = nx.gnm_random_graph(200, 800, seed=7)
for u, v in r.edges: r[u][v]["weight"] = (u * 31 + v * 17) % 23 + 1
print(nx.dijkstra_path(r, 0, 150), nx.shortest_path_length(r, 0, 150, weight="weight"))
print(sorted((round(v, 12), k) for k, v in nx.betweenness_centrality(r, weight="weight").items())[-10:])
print(list(nx.connected_components(g)), nx.diameter(g), nx.transitivity(g), sorted(nx.minimum_spanning_tree(r).edges)[:20])
print([sorted(c) for c in nx.community.greedy_modularity_communities(g)])
print(nx.maximum_flow_value(nx.DiGraph([(0, 1, {"capacity": 3}), (1, 2, {"capacity": 2}), (0, 2, {"capacity": 1})]), 0, 2))
print(list(nx.topological_sort(nx.DiGraph([(1, 2), (2, 3), (1, 3)]))), "\n".join(nx.generate_graphml(nx.path_graph(3))))
