using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Mappings.Studio;

namespace IntegrationConsole.Mappings.Pages;

/// <summary>What becomes of the sample records, at every keystroke.</summary>
public sealed partial class MappingPage
{
    /// <summary>
    /// Everything is evaluated anew at every keystroke: the mapping's rules, and all samples. Expressions may take long, so the
    /// samples are looked at beside the page, and a keystroke ends what the one before it began.
    /// </summary>
    private async Task EvaluateAsync()
    {
        _problems = MappingRules.Check(Document, _lookups);
        Survey();
        if (_evaluating is { } before)
        {
            _evaluating = null;
            await before.CancelAsync();
        }

        if (_sample is not { Records.Count: > 0 } sample || Sync is null)
        {
            Show(null, "");
            return;
        }

        if (MappingRules.WhatHolds(Document, _problems) is not { } holding)
        {
            Show(null, "Correct what is marked to see the result.");
            return;
        }

        using var evaluating = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        _evaluating = evaluating;
        try
        {
            var isWhole = _problems.Count == 0;
            var keys = isWhole ? Sync.KeyFields : [.. Sync.KeyFields.Where(key => holding.Fields.Any(rule => rule.Name == key))];
            var plan = await plans.PreviewAsync(Id, holding, keys, evaluating.Token);
            var record = _record;

            // The record on the screen first: all of them may take longer than somebody who types waits.
            var first = await Task.Run(() => SamplePreview.Of(plan, sample.Records[record], clock, evaluating.Token), evaluating.Token);
            if (_evaluating == evaluating)
            {
                ShowRecord(first);
                StateHasChanged();
            }

            if (!isWhole)
            {
                // How many pass is said of a whole mapping only.
                (_previews, _failing, _verdict) = (null, [], "Correct what is marked to see how many records pass.");
                return;
            }

            var previews = await Task.Run(() => SamplePreview.Of(plan, sample.Records, record, clock, evaluating.Token), evaluating.Token);
            if (_evaluating == evaluating)
            {
                Show(previews, Verdict(previews));
            }
        }
        catch (OperationCanceledException) when (evaluating.IsCancellationRequested)
        {
            // A later keystroke shows its own result.
        }
        catch (FailureException missing)
        {
            Show(null, missing.Failure.Sentence);
        }
        finally
        {
            _evaluating = _evaluating == evaluating ? null : _evaluating;
        }
    }

    private void Show(SamplePreview? previews, string verdict)
    {
        _previews = previews;
        ShowRecord(previews?.Records[_record]);
        _failing = previews?.Failing ?? [];
        _verdict = verdict;
    }

    private static string Verdict(SamplePreview previews)
    {
        var all = previews.Records.Count;
        var passing = previews.Seen - previews.Failing.Count;
        var filtered = previews.Filtered > 0 ? $", {previews.Filtered} {(previews.Filtered == 1 ? "is" : "are")} left out by the conditions" : "";
        return previews.Seen == all
            ? $"{passing} of {all} sample records pass{filtered}"
            : $"{passing} of the first {previews.Seen} sample records pass{filtered}; the expressions take too long to look at all {all}";
    }

    /// <summary>A field that is wrong has no result, not even that of another one of its name.</summary>
    private FieldPreview? PreviewOf(int place) =>
        _problems.Any(problem => problem.Field == place) ? null : _preview?.Fields.FirstOrDefault(preview => preview.Name == _rules[place].Rule.Name);

    private async Task Show(int record)
    {
        _record = record;
        await EvaluateAsync();
    }

    private Task NextFailing() => Show(_failing.FirstOrDefault(index => index > _record, _failing[0]));

    private void ShowRecord(RecordPreview? preview)
    {
        _preview = preview;
        _faults = preview is null ? [] :
        [
            .. from made in preview.Fields
               where made.Problem is { IsExcused: false }
               let edited = _rules.Find(edited => edited.Rule.Name == made.Name)
               where edited is not null
               from path in SourceReads.Of(edited.Rule)
               select (path, $"{made.Name}: {made.Problem!.Sentence}"),
        ];
    }
}
