namespace IntegrationConsole.Tests.Connectors.Json;

/// <summary>Gives its bytes a few at a time, as a slow network does, and counts them.</summary>
internal sealed class DribblingStream(byte[] bytes, int atATime) : MemoryStream(bytes)
{
    public long Given { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer[..Math.Min(buffer.Length, atATime)], cancellationToken);
        Given += count;
        return count;
    }
}
