using System.Text.Json;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Json;

/// <summary>
/// Reads one JSON object from each line. A line that is not one, or that is too long, comes with its problem: the next
/// line is read all the same.
/// </summary>
public sealed class NdjsonRecordReader(Stream input, int mostRecordBytes) : IDisposable
{
    /// <summary>What is kept of a line that is too long.</summary>
    public const int ExcerptBytes = 1_000;

    private static readonly JsonReaderOptions Levels = new() { MaxDepth = RecordText.MostLevels };

    private readonly ByteWindow _window = new(input);
    private readonly byte[] _excerpt = new byte[ExcerptBytes];
    private bool _hasBegun;
    private int _used;
    private int _searched;

    /// <summary>The line without white space around it, valid until the next read; of one that is too long, the beginning.</summary>
    public ReadOnlyMemory<byte> Record { get; private set; }

    /// <summary>Why the line cannot be a record; null for the usual ones.</summary>
    public Failure? Problem { get; private set; }

    /// <summary>The number of the line, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Goes to the next line that is not blank.</summary>
    /// <returns>False at the end.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (await NextLineAsync(cancellationToken) is { } length)
        {
            Line++;
            if (length > mostRecordBytes)
            {
                Record = _excerpt;
                Problem = new Failure(FailureCause.TooLarge, $"Line {Line} is longer than {JsonTrouble.SizeWords(mostRecordBytes)}, the limit for one record.", "record-size");
                return true;
            }

            Record = Trim(_window.Slice(0, (int)length));
            if (Record.Length > 0)
            {
                Problem = ProblemWith(Record.Span);
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _window.Dispose();

    /// <returns>The length of the next line, which then begins the window; null at the end.</returns>
    private async ValueTask<long?> NextLineAsync(CancellationToken cancellationToken)
    {
        _window.Release(_used);
        (_used, _searched) = (0, 0);
        while (true)
        {
            if (!_hasBegun && _window.CanBegin)
            {
                _window.SkipMark();
                _hasBegun = true;
            }

            var end = _hasBegun ? _window.Span[_searched..].IndexOf((byte)'\n') : -1;
            if (end >= 0 || (_hasBegun && _window.IsLast))
            {
                var length = end >= 0 ? _searched + end : _window.Length;
                _used = end >= 0 ? length + 1 : length;
                return _used > 0 ? KeepBeginning(length) : null;
            }

            _searched = _hasBegun ? _window.Length : 0;
            if (_searched > mostRecordBytes)
            {
                return await SkipLineAsync(cancellationToken);
            }

            await _window.FillAsync(1, cancellationToken);
        }
    }

    /// <summary>Goes over a line that is too long without keeping more than its beginning.</summary>
    private async ValueTask<long?> SkipLineAsync(CancellationToken cancellationToken)
    {
        var length = KeepBeginning(_window.Length);
        while (true)
        {
            var end = _window.Span.IndexOf((byte)'\n');
            if (end >= 0)
            {
                _used = end + 1;
                return length;
            }

            _window.Release(_window.Length);
            if (_window.IsLast)
            {
                return length;
            }

            await _window.FillAsync(1, cancellationToken);
        }
    }

    private long KeepBeginning(int length)
    {
        if (length > mostRecordBytes)
        {
            _window.Span[..Math.Min(length, ExcerptBytes)].CopyTo(_excerpt);
        }

        return length;
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line)
    {
        var from = line.Span.IndexOfAnyExcept(" \t\r"u8);
        return from < 0 ? default : line[from..(line.Span.LastIndexOfAnyExcept(" \t\r"u8) + 1)];
    }

    private Failure? ProblemWith(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, Levels);
        var first = JsonTokenType.None;
        try
        {
            while (reader.Read())
            {
                first = first is JsonTokenType.None ? reader.TokenType : first;
            }

            return RecordText.ProblemWith(line, first, 1);
        }
        catch (JsonException)
        {
            return new Failure(FailureCause.Malformed, $"Line {Line} is not valid JSON.", "json");
        }
    }
}
