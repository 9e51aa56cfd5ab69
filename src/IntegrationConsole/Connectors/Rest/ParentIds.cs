using System.Runtime.CompilerServices;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>The ids of the records below which a stream stands, in the order in which their own stream has them. No more than a page of ids is in memory.</summary>
internal sealed class ParentIds
{
    /// <summary>Of a longer page this many are taken at a time. The page is asked for again then, so that no answer is kept open while records below are read.</summary>
    private const int MostAtOnce = 10_000;

    private readonly RestClient _client;
    private readonly RestStream _parents;
    private readonly FieldPath _id;

    public ParentIds(RestClient client, RestStream below)
    {
        _client = client;
        _parents = client.Settings.Stream(below.Parent);
        var field = below.ParentId.Length > 0 ? below.ParentId : _parents.Keys is [var key] ? key : "";
        _id = !_parents.CanRead || _parents.IsBelow ? throw Wrong($"The stream {below.Name} cannot be read below {below.Parent}.")
            : field.Length > 0 && FieldPath.TryParse(field, out var path) ? path
            : throw Wrong($"Say which field of {below.Parent} is the id by which {below.Name} is read.");
    }

    /// <param name="checkpoint">A place in the parents' own stream; null for its beginning.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Each id, and the place behind it. What has none that can stand in an address comes as one that does not fit.</returns>
    public async IAsyncEnumerable<(ParentId Id, RestPlace Behind)> ReadAsync(string? checkpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pager = new RestPager(_client, _parents, new ReadRequest(_parents.Name, ReadMode.Full, null, checkpoint, 1));
        for (var place = pager.Start(); !place.IsEnd;)
        {
            var address = pager.AddressOf(place);
            var (ids, end) = await TakeAsync(address, place, cancellationToken);
            for (var index = 0; index < ids.Count; index++)
            {
                yield return (ids[index], place with { Taken = place.Taken + index + 1 });
            }

            place = end is null ? place with { Taken = place.Taken + ids.Count } : pager.After(place, address, end);
        }
    }

    private async Task<(List<ParentId> Ids, PageEnd? End)> TakeAsync(Uri address, RestPlace place, CancellationToken cancellationToken)
    {
        var ids = new List<ParentId>();
        await using var page = new RestPage(_client, _parents, address, place);
        while (ids.Count < MostAtOnce && await page.ReadAsync(cancellationToken))
        {
            ids.Add(page.Problem is null ? ParentId.Of(page.Record.Span, _id) : ParentId.None);
        }

        return (ids, page.End);
    }

    private static FailureException Wrong(string sentence) => new(new Failure(FailureCause.Configuration, sentence, "parent"));
}
