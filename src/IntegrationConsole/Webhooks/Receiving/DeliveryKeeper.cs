using System.Collections.Concurrent;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>
/// Keeps deliveries, and says so only when they are committed. Of one endpoint one transaction goes at a time, with the
/// next one behind it, which takes all that came meanwhile: under load many share the price of one. If the process dies before the
/// commit, nobody was told that it was kept, and the sender sends it again.
/// </summary>
internal sealed class DeliveryKeeper(DeliveryInsert insert) : IDisposable
{
    private const int MostOfGroup = 256;
    private const int MostBytesOfGroup = 8 * 1024 * 1024;

    /// <summary>Of one endpoint: the server lets the second go the moment the first has ended.</summary>
    private const int MostOfEndpoint = 2;

    /// <summary>Transactions at the same time, of all endpoints: the pages and the line need connections as well.</summary>
    private const int MostAtOnce = 8;

    private readonly ConcurrentDictionary<(TenantId Tenant, Guid Endpoint), Box> _boxes = new();
    private readonly SemaphoreSlim _places = new(MostAtOnce);

    /// <returns>True when it was kept; false where it had been before. Null where the endpoint is gone.</returns>
    public Task<bool?> KeepAsync(OpenEndpoint endpoint, IncomingDelivery delivery)
    {
        var box = _boxes.GetOrAdd((endpoint.Tenant, endpoint.Id), _ => new Box());
        var waiting = new Waiting(delivery);
        bool goes;
        lock (box.Gate)
        {
            box.Line.Enqueue(waiting);
            goes = box.Going < MostOfEndpoint;
            box.Going += goes ? 1 : 0;
        }

        if (goes)
        {
            _ = EmptyAsync(endpoint.Tenant, endpoint.Id, box);
        }

        return waiting.Kept.Task;
    }

    public void Dispose() => _places.Dispose();

    private async Task EmptyAsync(TenantId tenant, Guid endpoint, Box box)
    {
        while (Next(box) is { Count: > 0 } group)
        {
            await _places.WaitAsync();
            try
            {
                await KeepAsync(tenant, endpoint, group);
            }
            finally
            {
                _places.Release();
            }
        }
    }

    private static List<Waiting> Next(Box box)
    {
        var group = new List<Waiting>();
        var bytes = 0;
        lock (box.Gate)
        {
            while (group.Count < MostOfGroup && box.Line.TryPeek(out var next) && (group.Count == 0 || bytes + next.Delivery.Sealed.Length <= MostBytesOfGroup))
            {
                group.Add(box.Line.Dequeue());
                bytes += next.Delivery.Sealed.Length;
            }

            box.Going -= group.Count == 0 ? 1 : 0;
        }

        return group;
    }

    private async Task KeepAsync(TenantId tenant, Guid endpoint, List<Waiting> group)
    {
        try
        {
            var kept = await insert.KeepAsync(tenant, endpoint, [.. group.Select(waiting => waiting.Delivery)], CancellationToken.None);
            foreach (var waiting in group)
            {
                waiting.Kept.SetResult(kept?.Contains(waiting.Delivery.Id));
            }
        }
        catch (Exception problem) when (group.Count > 1 && !problem.IsDatabaseOutage)
        {
            // One that the database does not take is not to be the others' fault.
            foreach (var waiting in group)
            {
                await KeepAsync(tenant, endpoint, [waiting]);
            }
        }
        catch (Exception problem)
        {
            // Carried to those who wait for it, whose requests are the border.
            foreach (var waiting in group)
            {
                waiting.Kept.SetException(problem);
            }
        }
    }

    private sealed class Box
    {
        public Lock Gate { get; } = new();

        public Queue<Waiting> Line { get; } = new();

        /// <summary>Those who empty it at this moment.</summary>
        public int Going { get; set; }
    }

    private sealed record Waiting(IncomingDelivery Delivery)
    {
        public TaskCompletionSource<bool?> Kept { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
