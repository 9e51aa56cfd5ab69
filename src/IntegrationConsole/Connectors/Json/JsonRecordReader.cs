using System.Text.Json;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Json;

/// <param name="Subject">Begins each sentence about the document, such as <c>The answer of shop.example</c>.</param>
/// <param name="Records">Where the list of records is; empty when the document itself is the list.</param>
/// <param name="MostRecordBytes">A longer record ends the reading.</param>
public sealed record JsonRecordOptions(string Subject, FieldPath Records, int MostRecordBytes)
{
    /// <summary>Single values that are wanted as well, wherever they stand in the document.</summary>
    public IReadOnlyList<FieldPath> Captures { get; init; } = [];
}

/// <summary>
/// Reads the records of a list somewhere in a JSON document, one after the other, and never holds more of the document
/// than one record and a little. An element that cannot be a record comes with its problem, so that it is one outcome
/// and not the end of the run; a document that is damaged ends in a <see cref="FailureException"/>.
/// </summary>
public sealed class JsonRecordReader : IDisposable
{
    // Only what lies around the list may be nested as deep as this; records have a lower limit of their own.
    private const int MostLevels = 512;

    private readonly JsonRecordOptions _options;
    private readonly ByteWindow _window;
    private readonly JsonSurroundings _surroundings;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = MostLevels });
    private int _origin;
    private int _parsed;
    private bool _hasBegun;
    private bool _isOver;
    private bool _hasFound;
    private int _listDepth = -1;
    private JsonTokenType _recordType;
    private int _recordLevels;

    public JsonRecordReader(Stream input, JsonRecordOptions options)
    {
        _options = options;
        _window = new ByteWindow(input);
        _surroundings = new JsonSurroundings(options);
    }

    /// <summary>The UTF-8 JSON of the element, valid until the next read.</summary>
    public ReadOnlyMemory<byte> Record { get; private set; }

    /// <summary>Why the element cannot be a record; null for the usual ones.</summary>
    public Failure? Problem { get; private set; }

    /// <summary>
    /// What stands at the capture with this number, as text without quotes: final only when the document has been read
    /// to its end. Null where there is nothing, null, an object or a list.
    /// </summary>
    public string? Captured(int index) => _surroundings.Captured(index);

    /// <summary>Goes to the next element.</summary>
    /// <returns>False at the end of the document.</returns>
    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken) => Advance() switch
    {
        Progress.Record => ValueTask.FromResult(true),
        Progress.End => ValueTask.FromResult(false),
        Progress.Starved => ReadOnAsync(cancellationToken),
    };

    public void Dispose() => _window.Dispose();

    private async ValueTask<bool> ReadOnAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_recordType is JsonTokenType.None)
            {
                // White space between two tokens may go on for ever; it is not part of anything.
                _window.Release(_parsed);
                _window.Release(_window.LeadingSpace);
                _parsed = 0;
            }

            if (_window.Length > _options.MostRecordBytes)
            {
                throw JsonTrouble.TooLarge(_options.Subject, _options.MostRecordBytes);
            }

            // What was not understood is looked at again from its beginning: after every few bytes, that would take quadratic time.
            await _window.FillAsync(Math.Max(1, _window.Length - _parsed), cancellationToken);
            switch (Advance())
            {
                case Progress.Record:
                    return true;
                case Progress.End:
                    return false;
                case Progress.Starved:
                    continue;
            }
        }
    }

    private Progress Advance()
    {
        if (_isOver || (!_hasBegun && !Begin()))
        {
            return _isOver ? Progress.End : Progress.Starved;
        }

        if (_recordType is JsonTokenType.None)
        {
            _window.Release(_parsed);
            _parsed = 0;
        }

        // An error that shows only when this is said to be all there is means that something is missing at the end.
        var progress = Parse(isAll: false);
        return progress is Progress.Starved && _window.IsLast ? Parse(isAll: true) : progress;
    }

    private bool Begin()
    {
        _hasBegun = _window.CanBegin;
        if (_hasBegun)
        {
            _window.SkipMark();
        }

        return _hasBegun;
    }

    private Progress Parse(bool isAll)
    {
        var reader = new Utf8JsonReader(_window.Span[_parsed..], isAll, _state);
        _origin = _parsed;
        try
        {
            var progress = Walk(ref reader);
            _parsed = _origin + (int)reader.BytesConsumed;
            _state = reader.CurrentState;
            return progress is Progress.Starved && isAll ? Finish() : progress;
        }
        catch (JsonException broken)
        {
            var beginning = reader.TokenType is JsonTokenType.None ? _window.Span[_parsed..].ToArray() : null;
            throw JsonTrouble.Explain(_options.Subject, broken, beginning, IsComplete(ref reader), isAll);
        }
    }

    private static bool IsComplete(ref Utf8JsonReader reader) =>
        reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.None or JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName);

    private Progress Walk(ref Utf8JsonReader reader)
    {
        if (_recordType is not JsonTokenType.None)
        {
            return FinishRecord(ref reader);
        }

        while (reader.Read())
        {
            if (_listDepth < 0)
            {
                if (_surroundings.Visit(ref reader))
                {
                    EnterList(ref reader);
                }
            }
            else if (reader.TokenType is JsonTokenType.EndArray && reader.CurrentDepth == _listDepth)
            {
                _listDepth = -1;
            }
            else
            {
                BeginRecord(ref reader);
                return FinishRecord(ref reader);
            }
        }

        return Progress.Starved;
    }

    /// <summary>The record's first byte becomes the window's first: what came before it is not needed any more.</summary>
    private void BeginRecord(ref Utf8JsonReader reader)
    {
        var start = _origin + (int)reader.TokenStartIndex;
        _window.Release(start);
        _origin -= start;
        _recordType = reader.TokenType;
        _recordLevels = 1;
    }

    private Progress FinishRecord(ref Utf8JsonReader reader)
    {
        var depth = _listDepth + 1;
        while (!EndsAt(ref reader, depth))
        {
            if (!reader.Read())
            {
                return Progress.Starved;
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                _recordLevels = Math.Max(_recordLevels, reader.CurrentDepth - depth + 1);
            }
        }

        Record = _window.Slice(0, _origin + (int)reader.BytesConsumed);
        if (Record.Length > _options.MostRecordBytes)
        {
            throw JsonTrouble.TooLarge(_options.Subject, _options.MostRecordBytes);
        }

        Problem = RecordText.ProblemWith(Record.Span, _recordType, _recordLevels);
        _recordType = JsonTokenType.None;
        return Progress.Record;
    }

    private static bool EndsAt(ref Utf8JsonReader reader, int depth) =>
        reader.CurrentDepth == depth && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.None);

    private void EnterList(ref Utf8JsonReader reader)
    {
        _hasFound = true;
        if (reader.TokenType is JsonTokenType.StartArray)
        {
            _listDepth = reader.CurrentDepth;
        }
        else if (!_options.Records.IsEmpty && reader.TokenType is JsonTokenType.Null)
        {
            // Many systems write null where a list would be empty.
            return;
        }
        else if (_options.Records.IsEmpty && reader.TokenType is JsonTokenType.StartObject)
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration, $"{_options.Subject} is an object and not a list: set the record selector to the property that holds the list.", "selector"));
        }
        else
        {
            throw NoList($", but {RecordText.Words(reader.TokenType)}");
        }
    }

    private Progress Finish()
    {
        _isOver = true;
        return _hasFound ? Progress.End : throw NoList("");
    }

    private FailureException NoList(string instead) => new(new Failure(
        FailureCause.SchemaChange, _options.Records.IsEmpty ? $"{_options.Subject} is not a list{instead}." : $"{_options.Subject} has no list at {_options.Records}{instead}.", "selector"));

    private enum Progress
    {
        Record,
        End,
        Starved,
    }
}
