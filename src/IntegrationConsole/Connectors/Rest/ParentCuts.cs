namespace IntegrationConsole.Connectors.Rest;

/// <summary>
/// Cuts a stream by the parents below which it stands: into lists of them, as long as they can be kept; otherwise at ids,
/// in the order of their letters, so that each part reads the parents' stream itself and leaves out what is not its own.
/// </summary>
internal static class ParentCuts
{
    /// <returns>A single range, or none, where there are too few parents.</returns>
    public static async Task<IReadOnlyList<KeyRange>> OfAsync(RestClient client, RestStream stream, int parts, CancellationToken cancellationToken)
    {
        var sample = new ParentSample(ParentSample.MostIds, ParentSample.MostLetters);
        await foreach (var (id, _) in new ParentIds(client, stream).ReadAsync(null, cancellationToken))
        {
            sample.Add(id);
        }

        var ranges = sample.Cut(parts);
        if (ranges.Count > 1)
        {
            // No part can tell a wrong path from parents that all have nothing.
            await new BelowReading(client, stream, new ReadRequest(stream.Name, ReadMode.Full, null, null, 1)).TryAsync(cancellationToken);
        }

        return ranges;
    }
}
