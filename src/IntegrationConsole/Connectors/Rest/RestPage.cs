using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>What a page says when it has been read to its end.</summary>
/// <param name="Fingerprint">Stands for what its first records are; only kept for pages that are numbered.</param>
/// <param name="Sent">The address as it was sent.</param>
internal sealed record PageEnd(int Count, long Bytes, UInt128 Fingerprint, string? Next, string? LinkHeader, bool? HasMore, long? Total, Uri Sent);

/// <summary>
/// Reads the records of one page while they arrive. When the answer breaks off, the page is asked for again and goes on
/// behind the last record that was taken.
/// </summary>
internal sealed class RestPage(RestClient client, RestStream stream, Uri address, RestPlace place) : IAsyncDisposable
{
    private const int FingerprintedRecords = 64;
    private static readonly FieldPath[] Nothing = [];

    private readonly IncrementalHash? _hash =
        stream.Pagination is RestPagination.Page or RestPagination.Offset ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;

    private HttpResponseMessage? _response;
    private Stream? _body;
    private JsonRecordReader? _reader;
    private CallTime? _time;
    private int _count;
    private long _bytes;
    private int _failed;

    /// <summary>Records handed out, those of an earlier run included.</summary>
    public int Taken { get; private set; } = place.Taken;

    /// <summary>The record's UTF-8 JSON, valid until the next read.</summary>
    public ReadOnlyMemory<byte> Record => _reader!.Record;

    public Failure? Problem => _reader!.Problem;

    /// <summary>How many records there are on all pages, as soon as the answer has said so.</summary>
    public long? Total { get; private set; }

    /// <summary>The system does not know what the page stands below: there is nothing to read.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Null until the page has been read to its end.</summary>
    public PageEnd? End { get; private set; }

    /// <summary>Goes to the next record.</summary>
    /// <returns>False at the end of the page.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (_response is null)
                {
                    await OpenAsync(cancellationToken);
                }

                if (_reader is not null && await AdvanceAsync(cancellationToken))
                {
                    if (Taken == client.Calls.Http.MostAnswerRecords)
                    {
                        throw TooMany();
                    }

                    Taken++;
                    _failed = 0;
                    return true;
                }

                Finish();
                return false;
            }
            catch (Exception problem) when (RestClient.IsOutside(problem))
            {
                var failure = MayHeal(client.Classify(problem));
                await CloseAsync(succeeded: false);
                if (!await client.Calls.Backoff.WaitAsync(failure, ++_failed, cancellationToken))
                {
                    throw new FailureException(failure, problem);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(succeeded: true);
        _hash?.Dispose();
    }

    private FailureException TooMany() => new(new Failure(
        FailureCause.TooLarge, $"One answer of {client.Host} holds more than {client.Calls.Http.MostAnswerRecords.ToString("N0", CultureInfo.InvariantCulture)} records: ask for smaller pages.", "answer-records")
    { IsSystemic = true });

    /// <summary>Sends the request and goes behind the records that were taken before the connection broke.</summary>
    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _time = client.Time();
        var response = await client.GetAsync(address, _time, cancellationToken);
        _time.Answer();
        _response = response;
        if (response.StatusCode is HttpStatusCode.NoContent || IsBehindTheLast(response))
        {
            return;
        }

        if (stream.IsBelow && response.StatusCode is (HttpStatusCode.NotFound or HttpStatusCode.Gone))
        {
            IsGone = true;
            return;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new FailureException(await RefusalAsync(response, cancellationToken));
        }

        Total = stream.TotalHeader.Length > 0 && response.Headers.TryGetValues(stream.TotalHeader, out var totals) ? Number(totals.FirstOrDefault()) : null;
        _body = await client.OpenBodyAsync(response, cancellationToken);
        _reader = new JsonRecordReader(_body, new JsonRecordOptions($"The answer of {client.Host}", stream.RecordsAt, client.Calls.Http.MostRecordBytes) { Captures = Captures() });
        while (_count < Taken && await AdvanceAsync(cancellationToken))
        {
            // Taken before.
        }
    }

    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        if (!await _reader!.ReadAsync(cancellationToken))
        {
            return false;
        }

        if (_hash is not null && _count < FingerprintedRecords)
        {
            _hash.AppendData(_reader.Record.Span);
        }

        _count++;
        _bytes += _reader.Record.Length;
        Total ??= stream.TotalPath.Length > 0 ? Number(_reader.Captured(0)) : null;
        return true;
    }

    private void Finish()
    {
        var captured = 0;
        string? Capture(string path) => path.Length > 0 ? _reader?.Captured(captured++) : null;
        var total = Number(Capture(stream.TotalPath));
        var hasMore = Capture(stream.HasMorePath);
        var next = Capture(NextPath);
        Total ??= total;
        var links = _response!.Headers.TryGetValues("Link", out var values) ? LinkHeader.Next(string.Join(", ", values)) : null;
        var fingerprint = _hash is null ? 0 : MemoryMarshal.Read<UInt128>(_hash.GetHashAndReset());
        End = new PageEnd(
            _count, _bytes, fingerprint, next, links, hasMore is null ? null : !string.Equals(hasMore, "false", StringComparison.OrdinalIgnoreCase),
            Total, _response.RequestMessage?.RequestUri ?? address);
    }

    private string NextPath => stream.Pagination switch
    {
        RestPagination.Cursor => stream.CursorPath,
        RestPagination.NextLink => stream.NextLinkPath,
        RestPagination.None or RestPagination.Page or RestPagination.Offset or RestPagination.LinkHeader => "",
    };

    private FieldPath[] Captures()
    {
        string[] paths = [stream.TotalPath, stream.HasMorePath, NextPath];
        return Array.TrueForAll(paths, path => path.Length == 0) ? Nothing : [.. paths.Where(path => path.Length > 0).Select(FieldPath.Parse)];
    }

    private bool IsBehindTheLast(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.NotFound && stream.Stop is RestStop.NotFound && stream.Pagination is RestPagination.Page or RestPagination.Offset
        && (place.Page ?? stream.FirstPage) + (place.Offset ?? 0) > stream.FirstPage;

    /// <summary>For reading, a status speaks of the stream's settings where for writing it would speak of a record.</summary>
    private async Task<Failure> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var failure = await client.ExplainAsync(response, cancellationToken);

        // Ids are values of records, and no sentence holds those.
        var path = stream.IsBelow ? stream.Path : address.AbsolutePath;
        var sentence = response.StatusCode switch
        {
            HttpStatusCode.NotFound => $"{client.Host} has nothing at {path} (404): correct the stream's path.",
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity =>
                $"{client.Host} does not accept the request for {path} ({failure.Code}): correct the stream's path and parameters.",
            _ => "",
        };
        return sentence.Length > 0 ? new Failure(FailureCause.Configuration, sentence, failure.Code) { Answer = failure.Answer } : failure;
    }

    /// <summary>An answer that was cut short by something on its way, but is whole as far as HTTP can tell, may be whole the next time.</summary>
    private static Failure MayHeal(Failure failure) => failure.Code is "truncated" or "compression" ? failure with { IsRetryable = true } : failure;

    private async ValueTask CloseAsync(bool succeeded)
    {
        // The time until the answer came, not the time that was taken over reading it.
        _time?.End(succeeded);
        _reader?.Dispose();
        if (_body is not null)
        {
            await _body.DisposeAsync();
        }

        _response?.Dispose();
        (_reader, _body, _response) = (null, null, null);
        (_count, _bytes) = (0, 0);
        _hash?.GetHashAndReset();
    }

    private static long? Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
