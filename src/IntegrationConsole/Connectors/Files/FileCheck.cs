using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Files;

/// <summary>Tests a file connection: the folder, the files, the first record of each of the first files.</summary>
internal sealed class FileCheck(TimeProvider clock)
{
    /// <summary>So many files are begun to read: a test is waited for.</summary>
    private const int MostFiles = 20;

    private readonly List<CheckStep> _steps = [];

    public async Task<CheckReport> RunAsync(FileSettings settings, Func<ConnectionFiles> open, CancellationToken cancellationToken)
    {
        ConnectionFiles? files = null;
        IReadOnlyList<FileEntry> found = [];
        var isThere = !settings.IsFolder || await TryAsync($"Folder {settings.Folder}", settings.Folder, () =>
        {
            files = open();
            return Task.FromResult("The folder is there and may be read.");
        });
        files ??= isThere ? open() : null;
        if (files is not null && await TryAsync(settings.IsFolder ? $"Files {settings.Pattern}" : "Uploaded files", settings.Folder, async () =>
        {
            found = await files.Location.ListAsync(cancellationToken);
            return Count(files, found);
        }))
        {
            var looked = found.Take(MostFiles).ToList();
            var tried = looked.Count == 1 ? $"First record of {looked[0].Name}" : $"First record of {(looked.Count < found.Count ? "the first" : "all")} {looked.Count} files";
            await TryAsync(tried, looked[0].Name, () => FirstsAsync(files, looked, cancellationToken));
        }

        return new CheckReport(_steps);
    }

    /// <summary>Takes the time of a step and keeps what came of it.</summary>
    /// <returns>Whether the next one is worth trying.</returns>
    private async Task<bool> TryAsync(string tried, string subject, Func<Task<string>> step)
    {
        var started = clock.GetTimestamp();
        try
        {
            var answer = await step();
            _steps.Add(new CheckStep(tried, true, answer, clock.GetElapsedTime(started).TotalMilliseconds));
            return true;
        }
        catch (Exception problem) when (FileProblem.Of(problem, subject) is { } failure)
        {
            _steps.Add(new CheckStep(tried, false, failure.Sentence, clock.GetElapsedTime(started).TotalMilliseconds, failure.Advice));
            return false;
        }
    }

    private static string Count(ConnectionFiles files, IReadOnlyList<FileEntry> found)
    {
        if (found.Count == 0)
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration,
                files.Settings.IsFolder ? $"No file in the folder {files.Settings.Folder} matches {files.Settings.Pattern}." : "No file has been uploaded for this connection yet.", "files"));
        }

        var young = files.Settings.IsFolder ? found.Count(files.Selection.IsYoung) : 0;
        var count = found.Count == 1 ? "There is 1 file" : string.Create(CultureInfo.InvariantCulture, $"There are {found.Count} files");
        return young == 0 ? $"{count}." : string.Create(
            CultureInfo.InvariantCulture, $"{count}; {young} of them written within the last two seconds, or dated in the future, and not read incrementally before that has passed.");
    }

    /// <summary>All of them are looked at, so that all that cannot be read are named at once.</summary>
    private async Task<string> FirstsAsync(ConnectionFiles files, List<FileEntry> looked, CancellationToken cancellationToken)
    {
        var answers = new List<string>();
        var bad = new List<(string File, Failure Failure)>();
        foreach (var file in looked)
        {
            try
            {
                answers.Add(await FirstAsync(files, file, cancellationToken));
            }
            catch (Exception problem) when (FileProblem.Of(problem, file.Name) is { } failure)
            {
                bad.Add((file.Name, failure));
            }
        }

        return bad.Count switch
        {
            0 => string.Join(" ", answers.Distinct().Take(3)),
            1 => throw new FailureException(bad[0].Failure),
            _ => throw new FailureException(bad[0].Failure with
            {
                Sentence = string.Create(CultureInfo.InvariantCulture, $"{bad.Count} of {looked.Count} files cannot be read: {string.Join(", ", bad.Select(one => one.File))}. {bad[0].Failure.Sentence}"),
            }),
        };
    }

    private async Task<string> FirstAsync(ConnectionFiles files, FileEntry file, CancellationToken cancellationToken)
    {
        await using var reader = await files.Readers.OpenAsync(file, cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return $"{file.Name} can be read and holds no record. If it should, look at the format and at what the settings say is a record.";
        }

        using var batch = new BatchBuilder(1, isSteady: false, clock);
        reader.AddTo(batch);
        using var record = batch.Take(null);
        return record.ProblemOf(0) is { } problem ? throw new FailureException(problem)
            : reader.FieldNames.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"The first record can be read; each has {reader.FieldNames.Count} fields.")
            : "The first record can be read.";
    }
}
