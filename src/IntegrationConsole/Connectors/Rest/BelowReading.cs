using System.Globalization;
using System.Runtime.CompilerServices;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>
/// Reads a stream that stands below another, one parent after the other: the parents as their own stream lists them, or
/// those that a part of a run was given. Batches go over parents, for many have few records.
/// </summary>
internal sealed class BelowReading
{
    /// <summary>So many parents that the system does not know, and none that it does, are a wrong path and not parents that went.</summary>
    internal const int GoneAtFirst = 20;

    /// <summary>After so many parents without a record the place is told all the same.</summary>
    private const int MostInSilence = 1_000;

    private readonly RestClient _client;
    private readonly RestStream _stream;
    private readonly ReadRequest _request;
    private readonly PathTemplate _path;
    private readonly ParentIds _parents;
    private readonly ParentStamp? _stamp;
    private BelowPlace _place;
    private int _silent;

    public BelowReading(RestClient client, RestStream stream, ReadRequest request)
    {
        (_client, _stream, _request, _path) = (client, stream, request, PathOf(stream, request.Mode));
        _parents = new ParentIds(client, stream);
        _stamp = stream.ParentField.Length > 0 ? new ParentStamp(stream.ParentField) : null;
        _place = BelowPlace.Of(request.Checkpoint, request.Keys?.Ids is not null);
    }

    public async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var builder = new BatchBuilder(() => _request.BatchSizeNow, _request.SameBatches, _client.Calls.Clock);
        await foreach (var id in ParentsAsync(cancellationToken))
        {
            await foreach (var batch in BelowAsync(id, builder, cancellationToken))
            {
                yield return batch;
            }

            _place = _place with { Parent = null, Child = null };
            if (builder.IsDue || ++_silent >= MostInSilence)
            {
                yield return Take(builder);
            }
        }

        RefuseUnknown(isEnd: true);
        _place = new BelowPlace(Found: _place.Found, Gone: _place.Gone, Unfit: _place.Unfit, IsEnd: true);
        var last = Take(builder);
        last.Note = Note();
        yield return last;
        RefuseUnfit();
    }

    /// <summary>Whether the system knows any of the first parents.</summary>
    /// <exception cref="FailureException">It knows none.</exception>
    public async Task TryAsync(CancellationToken cancellationToken)
    {
        await using var reading = ParentsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (!_place.Found && await reading.MoveNextAsync())
        {
            var pager = PagerOf(reading.Current);
            var start = pager.Start();
            await using var page = new RestPage(_client, _stream, pager.AddressOf(start), start);
            await page.ReadAsync(cancellationToken);
            Learn(page);
        }

        RefuseUnknown(isEnd: true);
    }

    private async IAsyncEnumerable<RecordBatch> BelowAsync(ParentId id, BatchBuilder builder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pager = PagerOf(id);
        for (var at = pager.Start(); !at.IsEnd;)
        {
            var address = pager.AddressOf(at);
            await using var page = new RestPage(_client, _stream, address, at);
            while (await page.ReadAsync(cancellationToken))
            {
                // A full batch leaves when the next record is there, as everywhere.
                if (builder.IsFull)
                {
                    _place = _place with { Child = at with { Taken = page.Taken - 1 }, Found = true };
                    yield return Take(builder);
                    cancellationToken.ThrowIfCancellationRequested();
                }

                builder.Add(page.Problem is null && _stamp is not null ? _stamp.On(page.Record.Span, id) : page.Record.Span, page.Problem);
            }

            Learn(page);
            at = page.IsGone ? at with { IsEnd = true } : pager.After(at, address, page.End!);
            _place = _place with { Child = at };
            if (!at.IsEnd && (builder.IsDue || pager.AsksAgain))
            {
                yield return Take(builder);
            }
        }
    }

    /// <summary>The parents from the place on, the one in hand first.</summary>
    private async IAsyncEnumerable<ParentId> ParentsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_place.IsEnd)
        {
            yield break;
        }

        if (_place.Parent is { } token)
        {
            yield return ParentId.Parse(token);
        }

        await foreach (var (id, behind) in _request.Keys?.Ids is { } ids ? Given(ids).ToAsyncEnumerable() : ListedAsync(cancellationToken))
        {
            _place = behind with { Parent = id.FitsAddress ? id.Token : null, Found = _place.Found, Gone = _place.Gone, Unfit = _place.Unfit + (id.FitsAddress ? 0 : 1) };
            if (id.FitsAddress)
            {
                yield return id;
            }
        }
    }

    private async IAsyncEnumerable<(ParentId Id, BelowPlace Behind)> ListedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (id, behind) in _parents.ReadAsync(_place.List?.ToCheckpoint(), cancellationToken))
        {
            if (IsMine(id))
            {
                yield return (id, new BelowPlace(List: behind));
            }
        }
    }

    private IEnumerable<(ParentId Id, BelowPlace Behind)> Given(IReadOnlyList<string> ids)
    {
        for (var index = _place.Given!.Value; index < ids.Count; index++)
        {
            yield return (ParentId.Parse(ids[index]), new BelowPlace(Given: index + 1));
        }
    }

    /// <summary>What has no id that could be in a range is the first part's to tell of.</summary>
    private bool IsMine(ParentId id) => _request.Keys is not { } keys || (id.FitsAddress
        ? (keys.From is null || string.CompareOrdinal(id.Text, keys.From) >= 0) && (keys.To is null || string.CompareOrdinal(id.Text, keys.To) < 0)
        : keys.From is null);

    private RestPager PagerOf(ParentId id)
    {
        var path = _path.Fill(_ => id.Text) ?? throw RestPlace.Foreign(null);
        return new RestPager(_client, _stream with { Path = path }, new ReadRequest(_stream.Name, ReadMode.Full, null, _place.Child?.ToCheckpoint(), 1));
    }

    private void Learn(RestPage page)
    {
        _place = page.IsGone ? _place with { Gone = _place.Gone + 1 } : _place with { Found = true };
        RefuseUnknown(isEnd: false);
    }

    /// <summary>A parent that went since it was listed has nothing below it. Where not one is known, it is the path that is wrong.</summary>
    private void RefuseUnknown(bool isEnd)
    {
        // A part's path was tried before the run was cut, and its own parents may all have nothing.
        if (!_place.Found && _request.Keys is null && _place.Gone >= (isEnd ? 1 : GoneAtFirst))
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration, $"{_client.Host} has nothing at {_stream.Path} for any of the first {_place.Gone} records of {_stream.Parent} (404): correct the stream's path or its parent id.", "404"));
        }
    }

    /// <summary>Behind everything else, so that all others are read: but the read is not complete, and nothing may count it as such.</summary>
    private void RefuseUnfit()
    {
        if (_place.Unfit > 0)
        {
            throw new FailureException(new Failure(
                FailureCause.Malformed,
                $"{Count(_place.Unfit)} of {_stream.Parent} {(_place.Unfit == 1 ? "has" : "have")} no id that can stand in an address (it is missing, has more than {ParentId.Longest} characters, or would lead elsewhere): {_stream.Name} could not be read below {(_place.Unfit == 1 ? "it" : "them")}. Everything else was read.",
                ReadRequest.MisplacedCode));
        }
    }

    private string? Note() => _place.Gone == 0 ? null
        : $"{Count(_place.Gone)} of {_stream.Parent} {(_place.Gone == 1 ? "was" : "were")} not there any more when {_stream.Name} was read below {(_place.Gone == 1 ? "it" : "them")} (404): skipped.";

    private RecordBatch Take(BatchBuilder builder)
    {
        _silent = 0;
        return builder.Take(_place.ToCheckpoint(), null, null);
    }

    private static string Count(long records) => records == 1 ? "1 record" : $"{records.ToString("N0", CultureInfo.InvariantCulture)} records";

    private static PathTemplate PathOf(RestStream stream, ReadMode mode) =>
        !stream.CanRead ? throw Wrong($"The stream {stream.Name} is not set up for reading.")
            : mode is ReadMode.Incremental ? throw Wrong($"The stream {stream.Name} stands below {stream.Parent}, and is read in full: a cursor would pass by what changes below parents that were read already.")
            : PathTemplate.TryParse(stream.Path, out var path) && path.Places.Count > 0 && path.Places.All(place => place == PathTemplate.Parent) ? path
            : throw Wrong($"Say in the path of {stream.Name} where the parent's id goes, such as /customers/{{parent}}/orders.");

    private static FailureException Wrong(string sentence) => new(new Failure(FailureCause.Configuration, sentence, "stream"));
}
