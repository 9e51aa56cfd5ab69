using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Knows where the next page is, and when there is none; notices when the pages lead in a circle.</summary>
internal sealed class RestPager(RestClient client, RestStream stream, ReadRequest request)
{
    private readonly HashSet<UInt128> _seen = [];
    private PageMark? _last;
    private RestPlace? _askedAgain;

    public RestPlace Start() => request.Checkpoint is null ? First() : Fitting(RestPlace.Parse(request.Checkpoint));

    public Uri AddressOf(RestPlace place)
    {
        if (place.Url is { } url)
        {
            var target = Uri.TryCreate(url, UriKind.Absolute, out var known) ? known : throw RestPlace.Foreign(null);
            return RestAddress.IsSameOrigin(client.Home, target) ? target : throw RestAddress.Foreign(client.Home, target);
        }

        var address = client.AddressOf(stream.Path);
        if (request is { Mode: ReadMode.Incremental, From: { } cursor })
        {
            address = RestAddress.With(address, stream.IncrementalParameter, CursorText.Write(cursor, stream.CursorFormat));
        }

        if (stream.Pagination is not RestPagination.None && stream.SizeParameter.Length > 0)
        {
            address = RestAddress.With(address, stream.SizeParameter, Text(stream.PageSize));
        }

        return place switch
        {
            { Page: { } page } => RestAddress.With(address, stream.PageParameter, Text(page)),
            { Offset: { } offset } => RestAddress.With(address, stream.OffsetParameter, Text(offset)),
            { Cursor: { } token } => RestAddress.With(address, stream.CursorParameter, token),
            _ => address,
        };
    }

    /// <summary>The list seems to end too early: the last page is asked for once more, and what came until here should go on its way.</summary>
    public bool AsksAgain { get; private set; }

    /// <summary>The place behind a page that was read to its end.</summary>
    /// <exception cref="FailureException">The pages lead in a circle, or the list ended twice before as many records came as it says there are.</exception>
    public RestPlace After(RestPlace place, Uri address, PageEnd end)
    {
        var next = stream.Pagination switch
        {
            RestPagination.None => null,
            RestPagination.Page => IsLast(place, end) ? null : new RestPlace(Page: place.Page + 1),
            RestPagination.Offset => IsLast(place, end) ? null : new RestPlace(Offset: place.Offset + end.Count),
            RestPagination.Cursor => NextCursor(end) is { } cursor ? new RestPlace(Cursor: cursor) : null,
            RestPagination.NextLink => end.Next is { Length: > 0 } link ? new RestPlace(Url: Follow(address, end, link)) : null,
            RestPagination.LinkHeader => end.LinkHeader is { } link ? new RestPlace(Url: Follow(address, end, link)) : null,
        };
        AsksAgain = false;
        if (next is not null)
        {
            RefuseCircle(next, address, end);
        }
        else if (end.Total is { } total && place.Before + end.Count < total)
        {
            return AskAgain(place, end, total);
        }

        return (next ?? new RestPlace(IsEnd: true)) with { Before = place.Before + end.Count };
    }

    /// <summary>
    /// A page that came empty or short once may be whole the second time. Where it is not, the list is not: a run that
    /// took it for whole would empty tables and delete what the source still has.
    /// </summary>
    private RestPlace AskAgain(RestPlace place, PageEnd end, long total)
    {
        var again = place with { Taken = end.Count };
        if (_askedAgain == again)
        {
            throw new FailureException(new Failure(
                FailureCause.Malformed,
                $"{client.Host} says that {stream.Name} has {total:N0} records, and its list ended after {place.Before + end.Count:N0}, twice. Run it again; where the total counts something else, take it out of the stream's settings.",
                "incomplete"));
        }

        (_askedAgain, AsksAgain) = (again, true);
        return again;
    }

    private RestPlace First() => stream.Pagination switch
    {
        RestPagination.Page => new RestPlace(Page: stream.FirstPage),
        RestPagination.Offset => new RestPlace(Offset: 0),
        RestPagination.None or RestPagination.Cursor or RestPagination.NextLink or RestPagination.LinkHeader => new RestPlace(),
    };

    private RestPlace Fitting(RestPlace place)
    {
        var fits = place.IsEnd || stream.Pagination switch
        {
            RestPagination.None => place is { Page: null, Offset: null, Cursor: null, Url: null },
            RestPagination.Page => place.Page is not null,
            RestPagination.Offset => place.Offset is not null,
            RestPagination.Cursor => place is { Page: null, Offset: null, Url: null },
            RestPagination.NextLink or RestPagination.LinkHeader => place is { Page: null, Offset: null, Cursor: null },
        };
        return fits ? place : throw RestPlace.Foreign(null);
    }

    private bool IsLast(RestPlace place, PageEnd end) =>
        end.Count == 0 || end.HasMore == false || stream.Stop switch
        {
            RestStop.Empty or RestStop.NotFound => false,
            RestStop.Short => end.Count < stream.PageSize,
            RestStop.Total => place.Before + end.Count >= (end.Total ?? throw new FailureException(new Failure(
                FailureCause.SchemaChange, $"The answer of {client.Host} has no total where the list needs it to end ({(stream.TotalPath.Length > 0 ? stream.TotalPath : stream.TotalHeader)}).", "total"))),
        };

    private string? NextCursor(PageEnd end) =>
        end.HasMore == false ? null
            : end.Next is { Length: > 0 } cursor ? cursor
            : end.HasMore == true ? throw new FailureException(new Failure(FailureCause.SchemaChange, $"{client.Host} says that there is more, but gives no cursor at {stream.CursorPath}.", "cursor"))
            : null;

    private static string Follow(Uri address, PageEnd end, string link) => RestAddress.Follow(address, end.Sent, link).AbsoluteUri;

    /// <summary>A list that leads back to where it was would be read for ever.</summary>
    private void RefuseCircle(RestPlace next, Uri address, PageEnd end)
    {
        _seen.Add(Hash(address.AbsoluteUri));
        var mark = new PageMark(end.Count, end.Bytes, end.Fingerprint);
        var isCircle = next switch
        {
            { Cursor: { } cursor } => !_seen.Add(Hash(cursor)),
            { Url: { } url } => _seen.Contains(Hash(url)),
            _ => mark == _last,
        };
        _last = mark;
        if (isCircle)
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration, $"The next page of {client.Host} leads back to a page that was read already: check the pagination of the stream {stream.Name}.", "circle"));
        }
    }

    private static UInt128 Hash(string text) => MemoryMarshal.Read<UInt128>(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private readonly record struct PageMark(long Count, long Bytes, UInt128 Fingerprint);
}
