using System.Runtime.CompilerServices;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Files.Folders;
using IntegrationConsole.Connectors.Files.Formats;
using IntegrationConsole.Connectors.Files.Uploads;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Connectors.Records;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Connectors.Files;

/// <summary>Reads files that were uploaded, or that somebody puts into a folder.</summary>
public sealed class FileConnector(
    UploadedFiles uploads, IOptions<FilesOptions> options, IOptions<OutgoingOptions> limits, Backoff backoff, TimeProvider clock) : ISource
{
    /// <summary>So many files are offered as streams of their own; a folder with more is read by its pattern.</summary>
    private const int MostOffered = 1_000;

    public ConnectorDescriptor Descriptor => FileDescriptor.Value;

    public IReadOnlyList<SettingProblem> Validate(JsonElement settings) => FileSettingRules.Check(FileSettings.Of(settings));

    public Task<CheckReport> CheckAsync(OpenConnection connection, CancellationToken cancellationToken) =>
        new FileCheck(clock).RunAsync(FileSettings.Of(connection.Settings), () => Open(connection), cancellationToken);

    public async Task<IReadOnlyList<StreamInfo>> DiscoverAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        var files = Open(connection);
        var found = await files.Location.ListAsync(cancellationToken);
        var streams = found.Take(MostOffered).Where(file => file.Name != files.Settings.Pattern || !files.Settings.IsFolder)
            .Select(file => new StreamInfo(file.Name, "one file", CanRead: true, CanWrite: false, files.Settings.IsFolder, []));
        return files.Settings.IsFolder
            ? [new StreamInfo(files.Settings.Pattern, $"all files of this name in {files.Settings.Folder}, now {found.Count}", true, false, true, []), .. streams]
            : [.. streams];
    }

    public async Task<IReadOnlyList<StreamField>> DescribeAsync(OpenConnection connection, string stream, CancellationToken cancellationToken)
    {
        var files = Open(connection);
        var found = await files.Selection.FindAsync(stream, cancellationToken);
        if (found.Count == 0)
        {
            return [];
        }

        try
        {
            await using var reader = await files.Readers.OpenAsync(found[0], cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return [.. reader.FieldNames.Select(name => new StreamField(name, FieldType.String, Required: false, MaxLength: null, IsKey: false, "text"))];
        }
        catch (Exception problem) when (FileProblem.Of(problem, found[0].Name) is { } failure)
        {
            throw new FailureException(failure, problem);
        }
    }

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        OpenConnection connection, ReadRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var files = Open(connection);
        var isIncremental = request.Mode is ReadMode.Incremental;
        var place = request.Checkpoint is { } checkpoint ? FilePlace.Parse(checkpoint) : null;
        var cursor = isIncremental ? place?.Cursor ?? request.Cursor : null;
        using var batch = new BatchBuilder(() => request.BatchSizeNow, request.SameBatches, clock);
        foreach (var file in await files.Selection.ForAsync(request, cancellationToken))
        {
            var behind = place is { IsDone: false } && place.File == file.Name ? place.Records : 0;
            await using var reading = new FileReading(files.Location, files.Readers, file, behind, backoff);
            for (var more = true; more;)
            {
                more = await reading.FillAsync(batch, cancellationToken);
                cursor = isIncremental && !more ? FileCursor.Of(file).ToString() : cursor;
                place = FilePlace.Behind(file, reading.Records, isDone: !more, cursor);

                // What was read before the damage is good: it goes on its way first.
                if (batch.IsDue || (reading.Broken is not null && batch.Count > 0))
                {
                    yield return batch.Take(place.ToString(), cursor);
                }

                if (reading.Broken is { } broken)
                {
                    throw broken;
                }
            }
        }

        // The last one may hold no record and bring only the cursor behind the last file.
        if (batch.Count > 0 || isIncremental)
        {
            yield return batch.Take(place?.ToString(), cursor);
        }
    }

    private ConnectionFiles Open(OpenConnection connection)
    {
        var settings = FileSettings.Of(connection.Settings);
        IFileLocation location = settings.IsFolder
            ? FolderLocation.Open(new AllowedFolders(options.Value, connection.Tenant), settings)
            : new UploadLocation(uploads, connection.Tenant, connection.Id);
        return new ConnectionFiles(
            settings, location, new FileSelection(location, settings, backoff, clock),
            new RecordReaders(location, settings, options.Value, limits.Value.MostRecordBytes));
    }
}
