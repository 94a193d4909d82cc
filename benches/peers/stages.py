"""EfficientNet-Lite0's blocks."""
# Tan & Le 2019, table 1, in the Lite form: repeats, kernel, stride, expansion, channels. As in crates/net/src/network/architecture.rs.
STAGES = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]
